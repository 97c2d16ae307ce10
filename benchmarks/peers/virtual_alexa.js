// virtual-alexa: reads the interaction model itself, fills slots, and throws where no sample fits.
"use strict";

const { VirtualAlexa } = require("virtual-alexa");
const { serve } = require("./json_lines");

const NOTHING = { best: null, heard: null, score: 0, slots: null };

function learn({ model }) {
  let intent = null;
  const alexa = VirtualAlexa.Builder()
    .interactionModel(model)
    .handler((event, _context, done) => {
      intent = event.request.intent || null; // none in a launch, which "open ..." and "ask ..." anywhere count as
      done(null, { version: "1.0", response: { shouldEndSession: true } });
    })
    .create();
  return async (text) => {
    intent = null;
    try {
      await alexa.utter(text);
    } catch {
      return NOTHING;
    }
    if (!intent) return NOTHING;
    const slots = {};
    for (const { name, value } of Object.values(intent.slots)) if (value) slots[name] = value;
    return { best: intent.name, heard: intent.name, score: 1, slots };
  };
}

serve(learn);
