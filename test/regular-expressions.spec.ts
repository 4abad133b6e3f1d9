import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { analyse } from "scslre";
import { visibleLines } from "terminal-text";
import ts from "typescript";
import { lettered } from "../app/storefront/src/poster/lettering.ts";
import { isMailAddress } from "../config/keys/cost.ts";
import { splitTitle } from "../data-prep/catalogue.ts";
import { compileEventRule } from "../data-prep/reading/event-rule.ts";
import { brief } from "../packages/access-doctor/headline.ts";
import { findMentions } from "../packages/access-doctor/mentions.ts";
import { insights } from "../packages/local-aws/gateway/alarms/insights.ts";
import { tracked } from "./support/sources.ts";

const root = join(import.meta.dirname, "..");
/** Files that read only texts of the repository and of tests. */
const ownTexts = /^(?:\.ci|bench|test)\/|^packages\/[^/]+\/test\//;

/** Returns the regular expressions in a file. */
function expressionsIn(file: string): readonly { readonly place: string; readonly text: string }[] {
    const kind = file.endsWith("x") ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
    const source = ts.createSourceFile(
        file,
        readFileSync(join(root, file), "utf8"),
        ts.ScriptTarget.Latest,
        false,
        kind,
    );
    const expressions: { place: string; text: string }[] = [];
    const visit = (node: ts.Node): void => {
        if (ts.isRegularExpressionLiteral(node)) {
            const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
            expressions.push({ place: `${file}:${line + 1}`, text: node.text });
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
    return expressions;
}

/** Returns whether the time for a text can grow faster than the text's length. */
function isSuperLinear(text: string): boolean {
    const end = text.lastIndexOf("/");
    const literal = { source: text.slice(1, end), flags: text.slice(end + 1) };
    return analyse(literal, { maxReports: 1 }).reports.length > 0;
}

describe("Regular expressions of the repository", () => {
    it("static analysis shows that each regular expression needs only linear time", () => {
        const expressions = tracked
            .filter((file) => /\.(tsx?|mjs)$/.test(file) && !ownTexts.test(file))
            .flatMap(expressionsIn);
        assert.ok(expressions.length > 400, `${expressions.length}`);
        const slow = expressions.filter(({ text }) => isSuperLinear(text));
        assert.deepEqual(
            slow.map(({ place, text }) => `${place} ${text}`),
            [],
        );
    });

    it("the static analysis detects quadratic and exponential expressions", () => {
        for (const text of ["/^(a+)+$/", String.raw`/^\s*(.*?)\s*\(\d+\)$/`, String.raw`/\s+$/`, "/:.*:.*:.+x/"]) {
            assert.ok(isSuperLinear(text), text);
        }
        assert.ok(!isSuperLinear("/^[^:]*:[^:]*$/"));
    });
});

describe("Running time of parsers for hostile text", () => {
    const hostile: Readonly<
        Record<string, { readonly text: (n: number) => string; readonly read: (text: string) => unknown }>
    > = {
        "a title of spaces and brackets": { text: (n) => `${" ".repeat(n)}(1995`, read: splitTitle },
        "a title of brackets": { text: (n) => "(".repeat(n), read: lettered },
        "a poster's title of spaces": { text: (n) => `a${" ".repeat(n)}(b`, read: lettered },
        "a mail address of dots": { text: (n) => `a@${".a".repeat(n)}@`, read: isMailAddress },
        "an event rule of operators": {
            // This rule has the maximum length. compileEventRule rejects a longer rule without parsing it.
            text: (n) => `a ${"= ".repeat(n / 20)}`,
            read: (text) => assert.throws(() => compileEventRule(text, ["a"])),
        },
        "a query of spaces": {
            text: (n) => `SELECT SUM(a) FROM SCHEMA("n"${", ".repeat(n)}`,
            read: (text) =>
                insights({} as never, async () => [], text, { period: 60, from: 0, to: 1 }).catch(() => undefined),
        },
        "a sentence of brackets": { text: (n) => "{".repeat(n), read: brief },
        "an ARN of full stops": { text: (n) => `arn:aws:s3:::b${".".repeat(n)}x`, read: findMentions },
        "output of escapes": { text: (n) => "\x1b[".repeat(n), read: visibleLines },
    };
    /** Returns the used processor time in milliseconds, which does not include other processes. */
    function timeOf(work: () => unknown): number {
        const begun = process.cpuUsage();
        work();
        const { user, system } = process.cpuUsage(begun);
        return (user + system) / 1000;
    }
    /** Number of repetitions. The minimum of the times excludes garbage collection and compilation. */
    const maxRounds = 30;
    for (const [what, { text, read }] of Object.entries(hostile)) {
        it(`parsing ${what} of twice the length takes about twice the time`, () => {
            const [once, twice] = [text(40_000), text(80_000)];
            let [of, ofTwice] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
            const isLinear = () => ofTwice < 5 || ofTwice < 3.2 * of;
            for (let round = 1; round <= 5 || (round <= maxRounds && !isLinear()); round += 1) {
                assert.ok(round === 1 || ofTwice < 1000, `${ofTwice.toFixed(1)} ms for the longer text`);
                of = Math.min(
                    of,
                    timeOf(() => read(once)),
                );
                ofTwice = Math.min(
                    ofTwice,
                    timeOf(() => read(twice)),
                );
            }
            assert.ok(isLinear(), `${of.toFixed(1)} ms, then ${ofTwice.toFixed(1)} ms`);
        });
    }
});
