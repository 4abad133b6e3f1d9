import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { nearest, shell } from "../index.ts";

describe("terminal-text", () => {
    it("`shell` returns one line that a shell splits into the original words", () => {
        const words = ["plain", "two words", "it's", "$HOME", "`id`", "*", "", "a\nb", 's3://b/k?x="1"', "\\", "é"];
        const read = execFileSync("sh", ["-c", `printf '%s\\0' ${shell(...words)}`], { encoding: "utf8" });
        assert.deepEqual(read.split("\0").slice(0, -1), words);
        assert.equal(shell("aws", "s3", "ls", "s3://films/a.csv"), "aws s3 ls s3://films/a.csv");
    });

    it("`nearest` returns the candidate that begins with the word, or else the one with the fewest edits", () => {
        const names = ["minProvisionedTPS", "minTrainingEvents", "region"];
        assert.equal(nearest("minprov", names), "minProvisionedTPS");
        assert.equal(nearest("regoin", names), "region");
        assert.equal(nearest("minTraningEvents", names), "minTrainingEvents");
    });

    it("`nearest` returns undefined if more than two fifths of the word's letters would change", () => {
        assert.equal(nearest("rxyizq", ["region"]), undefined);
        assert.equal(nearest("region", []), undefined);
    });
});
