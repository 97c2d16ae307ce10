// Talks JSON lines with benchmarks/understanding_peers.py: a line with a model is learnt, a line with texts is answered.
"use strict";

const readline = require("node:readline");

// What a library prints would stand between the answers.
console.log = console.info = console.warn = () => {};

// Processor time of the whole process, as Python's process_time counts it, so that other load does not.
function milliseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function timed(work) {
  const start = milliseconds();
  const value = await work();
  return [value, milliseconds() - start];
}

// `learn(request)` gets {model, training} and returns a function from a text to {best, heard, score, slots}.
async function serve(learn) {
  let answer = null;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    let reply;
    if (request.texts) {
      reply = { answers: [] };
      for (const text of request.texts) {
        const [found, ms] = await timed(() => answer(text));
        reply.answers.push({ ...found, ms });
      }
    } else {
      const [learnt, ms] = await timed(() => learn(request));
      answer = learnt;
      reply = { ms };
    }
    process.stdout.write(JSON.stringify(reply) + "\n");
  }
}

module.exports = { serve };
