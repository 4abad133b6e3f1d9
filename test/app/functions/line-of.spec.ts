import assert from "node:assert/strict";
import { lineOf } from "../../../app/functions/notifier/line-of.ts";

describe("the line that a chat is sent", () => {
    it("is the text of a notice of ours", () => {
        assert.equal(
            lineOf('{"schemaVersion":1,"id":"dev/1","text":"Stack dev:\\n it is idle"}'),
            "Stack dev: it is idle",
        );
    });
    it("is what an alarm says, with its reason and what it is about", () => {
        const alarm = {
            AlarmName: "errors",
            NewStateValue: "ALARM",
            NewStateReason: "Threshold Crossed: 3 > 0",
            AlarmDescription: "it fails",
        };
        assert.equal(
            lineOf(JSON.stringify(alarm), "ALARM: errors"),
            "ALARM errors: Threshold Crossed: 3 > 0 (it fails)",
        );
        assert.equal(lineOf('{"AlarmName":"errors"}'), "? errors: no reason given");
    });
    it("is the text of AWS Budgets with its subject, and anything else as it is, on one line and cut", () => {
        const budget = "Dear AWS Customer,\n\nYou requested that we alert you\n";
        assert.equal(
            lineOf(budget, "AWS Budgets: films"),
            "AWS Budgets: films: Dear AWS Customer, You requested that we alert you",
        );
        assert.equal(lineOf("[1]"), "[1]");
        assert.equal(lineOf("x".repeat(5000)).length, 1000);
    });
});
