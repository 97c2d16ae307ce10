// A skill in another language: proves each request as Amazon asks, and tells the device's time zone.
// Run with CHAIN_BASE (where the certificate chain is) and ROOTS (the file with the root to trust).
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { verify, X509Certificate } from "node:crypto";

const root = new X509Certificate(readFileSync(process.env.ROOTS));

async function proven(request, body) {
  const url = new URL(request.headers.signaturecertchainurl);
  if (url.host !== "s3.amazonaws.com" || !url.pathname.startsWith("/echo.api/")) return false;
  const pem = await (await fetch(process.env.CHAIN_BASE + url.pathname)).text();
  const [leaf, middle] = pem.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g).map((one) => new X509Certificate(one));
  return (
    leaf.checkHost("echo-api.amazon.com") !== undefined &&
    leaf.verify(middle.publicKey) &&
    middle.verify(root.publicKey) &&
    verify("RSA-SHA256", body, leaf.publicKey, Buffer.from(request.headers["signature-256"], "base64"))
  );
}

async function answer(envelope) {
  const { apiEndpoint, apiAccessToken, device } = envelope.context.System;
  const path = `/v2/devices/${device.deviceId}/settings/System.timeZone`;
  const told = await fetch(apiEndpoint + path, { headers: { Authorization: `Bearer ${apiAccessToken}` } });
  const text = told.ok ? `You are in ${await told.json()}.` : `I was told ${told.status}.`;
  return { version: "1.0", response: { outputSpeech: { type: "PlainText", text }, shouldEndSession: true } };
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const good = request.headers["signature-256"] && (await proven(request, body).catch(() => false));
  response.writeHead(good ? 200 : 400, { "Content-Type": "application/json" });
  response.end(JSON.stringify(good ? await answer(JSON.parse(body)) : { error: "not from Amazon" }));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
