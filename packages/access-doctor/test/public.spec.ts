import assert from "node:assert/strict";
import { diagnose } from "../diagnose.ts";
import { createHeadline } from "../headline.ts";
import { bucketCases } from "./public/bucket.ts";
import type { PublicCase } from "./public/case.ts";
import { keyCases } from "./public/key.ts";
import { roleCases } from "./public/role.ts";

const again = { command: "npm run diagnose-access -- --job JOB", script: "/tmp/fix.sh" };

/** Throws an AssertionError unless the diagnosis has the cause and the fix that the case expects. */
function assertExplained({ snapshot, says, ends }: PublicCase): void {
    const diagnosis = diagnose(snapshot);
    const { fixes, verdict } = diagnosis;
    const { cause, todo } = createHeadline(diagnosis, snapshot, again);
    const unknown = diagnosis.links.flatMap((link) => (link.verdict === "unknown" ? [link.detail] : []));
    if (says) assert.match([cause, ...(verdict === "unknown" ? unknown : [])].join("\n"), says);
    if (ends === "sound" || ends === "unknown") {
        assert.equal(verdict, ends, cause);
        return;
    }
    if (ends === "commands") {
        assert.ok(fixes.length > 0 && fixes.every(({ commands }) => commands.length > 0), todo[0]?.text);
        return;
    }
    assert.deepEqual(
        fixes.flatMap(({ commands }) => commands),
        [],
    );
    const asks = todo.flatMap(({ label, text }) => (label === "Ask" ? [text] : []));
    assert.ok(
        asks.some((ask) => ends.test(ask)),
        `${cause}\n${todo.map(({ label, text }) => `${label}: ${text}`).join("\n")}`,
    );
}

describe("`diagnose` of mistakes from public forum and GitHub reports", () => {
    for (const each of [...roleCases, ...bucketCases, ...keyCases]) {
        const { name, source, notYet } = each;
        if (notYet === undefined) it(`\`diagnose\` explains ${name} (${source})`, () => assertExplained(each));
        else
            it(`\`diagnose\` does not yet explain ${name} (${source}): ${notYet}`, () =>
                assert.throws(
                    () => assertExplained(each),
                    assert.AssertionError,
                    "the case is explained now: delete notYet",
                ));
    }
});
