import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Statement, toList } from "policy-evaluator";
import { type Diagnosis, diagnose, type Snapshot } from "../index.ts";
import { createSnapshot } from "./fixtures/create-snapshot.ts";
import { bucketPolicy, generateFixture, sid } from "./fixtures/generate.ts";
import type { ImportFixture } from "./fixtures/import-fixture.ts";
import { now, type Simulation, simulateImport, simulateOthers } from "./fixtures/simulations.ts";

/**
 * The third-party IAM evaluator that judges the generated setups. Its license is AGPL, so it is no dependency of the
 * project; only this test installs it.
 */
const evaluator = "@cloud-copilot/iam-simulate@0.1.173";
const tools = join(import.meta.dirname, "..", "..", "..", ".tools", "access-judge");

const wanted = { denials: 120, misses: 60 };

const keysOf = (statement: Statement | undefined) => Object.values(statement?.Condition ?? {}).flatMap(Object.keys);

/** Returns the snapshot of a setup with tags, so that the value of each condition key in the grammar is known. */
function snapshotOf(fixture: ImportFixture): Snapshot {
    const snapshot = createSnapshot(fixture);
    const tagged = <T>(fact: T & { readonly is?: object | undefined }, tags: object) =>
        (fact.is ? { is: { ...fact.is, tags } } : fact) as T;
    const simulated = { action: "s3:ListBucket", resource: "", decision: "allowed", matched: [], missing: [] } as const;
    return {
        ...snapshot,
        now,
        role: tagged(snapshot.role, { team: "data" }),
        objects: snapshot.objects.map((object) => tagged(object, { scan: "clean" })),
        simulated: { is: [simulated] },
    };
}

/** Returns the setup after the commands of a diagnosis's fixes. */
function fixed(fixture: ImportFixture, { fixes }: Diagnosis): ImportFixture {
    let after = fixture;
    for (const { command, document: policy } of fixes.flatMap(({ steps }) => steps)) {
        const name = command[command.indexOf("--policy-name") + 1] ?? "";
        if (command.includes("put-bucket-policy")) after = { ...after, bucketPolicy: JSON.stringify(policy) };
        if (command.includes("update-assume-role-policy")) after = { ...after, trust: policy };
        if (command.includes("put-role-policy")) after = { ...after, inline: { ...after.inline, [name]: policy } };
    }
    return after;
}

const statementOf = (fixture: ImportFixture): Statement | undefined =>
    [fixture.trust, fixture.boundary, bucketPolicy(fixture), ...Object.values(fixture.inline)]
        .flatMap((each) => toList(each?.Statement))
        .find((each) => each.Sid === sid);

/**
 * Checks whether a finding contains the generated statement and its conditions. If the generated statement replaces the
 * setup's Allow (`isLacking`), a finding that no statement allows the request is also correct.
 */
const isExplained = ({ findings }: Diagnosis, statement: Statement | undefined, isLacking: boolean) =>
    findings.some(({ verdict, explanation, sentence }) => {
        if (verdict !== "broken" || !explanation) return false;
        const isNone = isLacking && explanation.statement === undefined && /^No statement of/.test(sentence);
        const named = explanation.statement === sid && sentence.includes(sid);
        const conditions = isLacking ? explanation.conditions.map(({ key }) => key) : keysOf(statement);
        return isNone || (named && conditions.every((key) => sentence.includes(key)));
    });

/** Returns a random number generator with equal numbers for equal seeds (mulberry32). */
function seededRandom(state: number): () => number {
    return () => {
        state = (state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

describe("`diagnose` of generated policies, judged by a third-party IAM evaluator", () => {
    let judge: (simulations: readonly Simulation[]) => Promise<(boolean | undefined)[]>;

    before(async function () {
        this.timeout(240_000);
        if (!existsSync(join(tools, "node_modules", "@cloud-copilot"))) {
            mkdirSync(tools, { recursive: true });
            // Without this package.json, npm would use the project's.
            writeFileSync(join(tools, "package.json"), '{"private":true}\n');
            execFileSync("npm", ["install", "--no-save", "--no-audit", "--no-fund", evaluator], { cwd: tools });
        }
        const find = createRequire(join(tools, "package.json"));
        const { runSimulation } = await import(pathToFileURL(find.resolve("@cloud-copilot/iam-simulate")).href);
        // Undefined stands for policies that the judge does not accept.
        judge = (simulations) =>
            Promise.all(
                simulations.map(async (simulation) => {
                    const { resultType, overallResult } = await runSimulation(simulation, {});
                    return resultType === "error" ? undefined : overallResult === "Allowed";
                }),
            );
    });

    it("120 denials are explained and fixed without harm, and 60 near misses cause no false alarm", async () => {
        const random = seededRandom(1);
        const counts = { denials: 0, misses: 0, fixed: 0 };
        const wrong: string[] = [];
        for (let number = 1; counts.denials < wanted.denials || counts.misses < wanted.misses; number++) {
            const { fixture, isLacking } = generateFixture(random, `g${number}`);
            const answers = await judge(simulateImport(fixture));
            if (answers.includes(undefined)) continue;
            const diagnosis = diagnose(snapshotOf(fixture));
            const statement = statementOf(fixture);
            const tell = (what: string) => wrong.push(`${number}: ${what}: ${JSON.stringify(statement)}`);
            if (!answers.includes(false)) {
                counts.misses += 1;
                if (diagnosis.verdict !== "sound") tell(`a false alarm: ${diagnosis.findings[0]?.sentence}`);
                continue;
            }
            counts.denials += 1;
            if (diagnosis.verdict !== "broken" || !isExplained(diagnosis, statement, isLacking)) tell("not explained");
            const after = fixed(fixture, diagnosis);
            // The owner decides about a statement that somebody limited, and about a permissions boundary.
            if (isLacking && diagnosis.fixes.every(({ ask }) => ask === undefined)) {
                counts.fixed += 1;
                if ((await judge(simulateImport(after))).includes(false)) tell("the fix does not work");
            }
            const [before, now] = [await judge(simulateOthers(fixture)), await judge(simulateOthers(after))];
            if (before.some((isAllowed, at) => isAllowed !== now[at])) tell("the fix changes what others may do");
        }
        assert.deepEqual(wrong, []);
        assert.ok(counts.fixed > 20, `${counts.fixed}`);
    }).timeout(240_000);
});
