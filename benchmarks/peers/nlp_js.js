// nlp.js: its neural classifier on the rendered samples. Its score is 0 to 1; it ships with a threshold of 0.5.
"use strict";

const { containerBootstrap } = require("@nlpjs/core");
const { LangEn } = require("@nlpjs/lang-en");
const { Nlp } = require("@nlpjs/nlp");
const { serve } = require("./json_lines");

const SHIPPED_THRESHOLD = 0.5;

async function learn({ training }) {
  const container = await containerBootstrap();
  container.use(LangEn);
  const nlp = new Nlp({ container, autoLoad: false, autoSave: false, calculateSentiment: false, threshold: 0 });
  nlp.addLanguage("en");
  for (const [text, intent] of training) nlp.addDocument("en", text, intent);
  await nlp.train();
  return async (text) => {
    const found = await nlp.process("en", text);
    const named = found.classifications.find(({ intent }) => intent !== "None");
    const refused = found.intent === "None";
    return {
      best: named ? named.intent : null,
      heard: refused || found.score < SHIPPED_THRESHOLD ? null : found.intent,
      score: refused ? 0 : found.score,
      slots: null,
    };
  };
}

serve(learn);
