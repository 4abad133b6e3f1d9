import assert from "node:assert/strict";
import fc from "fast-check";
import { matchesArn, matchesWildcard } from "../match.ts";

/** Characters of random patterns: only a few letters, so that patterns and values often match. */
const piece = fc.constantFrom("a", "b", "*", "?", "/", ".", "+", "(", "[", "\\", "$", "^");
const patterns = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(""));
const values = fc
    .array(fc.constantFrom("a", "b", "/", ".", "+", "(", "[", "\\", "$", "^", "\n", "*"), { maxLength: 10 })
    .map((pieces) => pieces.join(""));

function oracle(pattern: string, value: string): boolean {
    const source = pattern.replace(/[\\^$.*+?()[\]{}|/]/g, (char) =>
        char === "*" ? ".*" : char === "?" ? "." : `\\${char}`,
    );
    return new RegExp(`^${source}$`, "s").test(value);
}

/** Returns the text, and a function that returns how often its characters were read. */
function counted(text: string): { text: string; looks: () => number } {
    let looks = 0;
    const proxy = new Proxy(Object(text) as object, {
        get(target, key) {
            looks += key === "length" ? 0 : 1;
            return Reflect.get(target, key, target) as unknown;
        },
    });
    return { text: proxy as unknown as string, looks: () => looks };
}

describe("matchesWildcard", () => {
    it("matchesWildcard returns the same as a regular expression for random patterns", () => {
        fc.assert(
            fc.property(patterns, values, (pattern, value) => {
                assert.equal(matchesWildcard(pattern, value), oracle(pattern, value));
            }),
            { numRuns: 2000 },
        );
    });

    it("matchesWildcard returns the same as a regular expression for long patterns", () => {
        // Put the same text before pattern and value: the pattern becomes long, and the result stays the same.
        const start = "s".repeat(200);
        fc.assert(
            fc.property(patterns, values, (pattern, value) => {
                assert.equal(matchesWildcard(start + pattern, start + value), oracle(pattern, value));
                assert.equal(matchesWildcard(pattern + start, value + start), oracle(pattern, value));
                const apart = oracle(`*${start}*${pattern}`, start + value);
                assert.equal(matchesWildcard(`*${start}*${pattern}`, start + value), apart);
            }),
            { numRuns: 2000 },
        );
    });

    const hostile: readonly [string, string][] = [
        ["*a".repeat(50), "a".repeat(200)],
        [`${"*a".repeat(50)}b`, "a".repeat(200)],
        [`${"a*".repeat(50)}b`, "a".repeat(200)],
        [`${"*".repeat(100)}b`, "a".repeat(200)],
        [`*${"?".repeat(50)}b`, "a".repeat(200)],
        [`*${"a".repeat(100)}b*${"a".repeat(100)}b`, "a".repeat(400)],
    ];
    for (const [pattern, value] of hostile) {
        it(`the number of characters that matchesWildcard reads is at most 4 × pattern length × value length: ${pattern.slice(0, 12)}… (${pattern.length})`, () => {
            const [p, v] = [counted(pattern), counted(value)];
            assert.equal(matchesWildcard(p.text, v.text), oracleOfHostile(pattern, value));
            assert.ok(p.looks() > 0);
            assert.ok(p.looks() + v.looks() <= 4 * pattern.length * value.length, `${p.looks()} + ${v.looks()}`);
        });
    }
    // For some of these patterns, a regular expression would take too long.
    const oracleOfHostile = (pattern: string, value: string) => value.endsWith(pattern.slice(-1));
});

describe("matchesArn", () => {
    const arn = "arn:aws:personalize:eu-central-1:123456789012:campaign/films";
    const cases: readonly [string, boolean][] = [
        [arn, true],
        ["arn:aws:personalize:eu-central-1:123456789012:*", true],
        ["arn:aws:personalize:*:123456789012:campaign/*", true],
        ["arn:*:personalize:eu-*:123456789012:campaign/fi?ms", true],
        ["arn:aws:personalize:*", false],
        ["*", false],
        ["arn:aws:*:123456789012:campaign/films", false],
        ["arn:aws:personalize:eu-central-1:999999999999:*", false],
    ];
    for (const [pattern, matches] of cases) {
        it(`the pattern ${pattern} ${matches ? "matches" : "does not match"} a campaign's ARN`, () => {
            assert.equal(matchesArn(pattern, arn), matches);
        });
    }

    it("colons after the fifth belong to the resource part of an ARN", () => {
        assert.ok(matchesArn("arn:aws:logs:*:1:log-group:*:x", "arn:aws:logs:r:1:log-group:a:b:x"));
    });
});
