import { rm } from "node:fs/promises";
import { diagnose, fetchSnapshot, targetOfJob } from "access-doctor";
import { benchCommand, refuseNone, whole } from "../../bench/lib/command.ts";
import { type Goal, printGoals, showLine, showTable } from "../../bench/lib/goals.ts";
import { seededRandom } from "../../bench/lib/random.ts";
import { type Break, breaks, compatiblePairs } from "../../packages/access-doctor/test/fixtures/break.ts";
import { createSnapshot } from "../../packages/access-doctor/test/fixtures/create-snapshot.ts";
import {
    type ImportFixture,
    interactions,
    soundFixture,
} from "../../packages/access-doctor/test/fixtures/import-fixture.ts";
import { soundFixtures } from "../../packages/access-doctor/test/fixtures/sound.ts";
import { start, stop } from "../../packages/local-aws/control.ts";
import { localAccountId, localPartition, variables } from "../../packages/local-aws/instance.ts";
import { region, testInstance } from "../support/local-aws.ts";
import { endWithProcess } from "../support/on-signal.ts";
import { differences, type Outcome, runCase } from "./access/case.ts";
import { runGenerated } from "./access/generated.ts";
import { installEvaluator } from "./access/judge-tools.ts";
import { namesOfRealCases, runRealCases } from "./access/real-cases.ts";
import { type Stage, stageOn } from "./access/realise.ts";

/**
 * Causes every fault that diagnose-access can find in an import's access, alone and in pairs. The diagnosis must report
 * each fault, and after its fixes the import must succeed. It must report no fault in unusual but correct setups. Runs
 * on its own local AWS.
 */

const command = benchCommand(
    "drill:access",
    "Does diagnose-access report every fault of an import's access, and do its fixes work?",
    ["", "--only kms-disabled --pairs 0"],
)
    .option("--seed <number>", "seed of the choice of pairs and of the generated denials", whole(0), 1)
    .option("--pairs <number>", "number of pairs that are created on the local AWS", whole(0), 40)
    .option(
        "--only <text>",
        "only faults and real cases whose name contains this text, or one of several texts separated by commas",
    )
    .option("--real", "only the publicly reported mistakes, checked with a third-party evaluator")
    .option("--generated", "only the generated denials, checked with a third-party evaluator")
    .parse();
const { seed, pairs, only, real, generated } = command.opts<{
    seed: number;
    pairs: number;
    only?: string;
    real?: boolean;
    generated?: boolean;
}>();
const isWhole = only === undefined && !real && !generated;

const isChosen = (name: string) => only === undefined || only.split(",").some((part) => name.includes(part));
if (only !== undefined) {
    const own = real ? [] : breaks.map(({ name }) => name);
    refuseNone(only, [...own, ...namesOfRealCases()], isChosen);
}

const say = (line: string) => process.stderr.write(`${line}\n`);
const caller = { partition: localPartition, region, accountId: localAccountId };
const begun = performance.now();

const instance = await testInstance();
const forget = endWithProcess(end);
Object.assign(process.env, variables(instance));
const rows: string[][] = [];
const problems: string[] = [];
const seconds: number[] = [];
const sums = { missed: 0, pairsMissed: 0, falseAlarms: 0, mended: 0, toMend: 0, unlike: 0 };
/** Faults despite which the import on the local AWS succeeds. Only their diagnosis is checked, not their fix. */
const unfelt: string[] = [];
let number = 0;
let realGoals: Goal[] = [];
let generatedGoals: Goal[] = [];
try {
    await start(instance, () => {});
    const { AWS_ENDPOINT_URL = "", AWS_ACCESS_KEY_ID = "", AWS_SECRET_ACCESS_KEY = "" } = variables(instance);
    const administrator = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
    const stage = await stageOn(AWS_ENDPOINT_URL, region, administrator, interactions);
    if (isWhole || (only !== undefined && !real)) await runOwnFaults(stage);
    if (isWhole || generated) {
        installEvaluator();
        generatedGoals = await runGenerated(seed, async (fixture) => {
            const { importFailed, stillFails } = await runCase(instance, stage, fixture, ["bucket-policy"]);
            return { failure: importFailed ? "fails" : undefined, after: stillFails };
        });
    }
    if (!generated) realGoals = await runRealCases(instance, only ?? "");
} finally {
    forget();
    await end();
}

async function end(): Promise<void> {
    await stop(instance);
    await rm(instance.dir, { recursive: true, force: true, maxRetries: 5 });
}

async function runOwnFaults(stage: Stage): Promise<void> {
    const alone = breaks.filter(({ name }) => isChosen(name));

    for (const one of alone) {
        const fixture = one.make(soundFixture(`s${++number}`, caller));
        // `recordOf` returns a function that records the setup. `runCase` calls this function first, because the fixes
        // change the setup.
        const outcome = await runCase(instance, stage, fixture, [one.fault], recordOf(one, fixture));
        sums.missed += outcome.missed.length;
        note("alone", one.name, [one], outcome);
    }
    const together = compatiblePairs();
    for (const pair of together) {
        const snapshot = createSnapshot(worldOf(pair));
        const broken = diagnose(snapshot).findings.filter(({ verdict }) => verdict === "broken");
        const missed = pair.filter(
            ({ fault, says }) => !broken.some((each) => each.fault === fault && says.test(each.sentence)),
        );
        sums.pairsMissed += missed.length > 0 ? 1 : 0;
        for (const { name } of missed) problems.push(`pair ${nameOf(pair)}: ${name} is not named`);
    }
    say(`${together.length} pairs through the diagnosis alone`);
    for (const pair of only === undefined ? drawn(together) : []) {
        const expected = pair.map(({ fault }) => fault);
        const outcome = await runCase(instance, stage, worldOf(pair), expected);
        sums.pairsMissed += outcome.missed.length > 0 ? 1 : 0;
        note("pair", nameOf(pair), pair, outcome);
    }
    for (const [name, make] of only === undefined ? soundFixtures : []) {
        const outcome = await runCase(instance, stage, make(soundFixture(`s${++number}`, caller)), []);
        seconds.push(outcome.seconds);
        const alarmed = outcome.broken.length > 0;
        sums.falseAlarms += alarmed ? 1 : 0;
        if (outcome.stillFails !== undefined) problems.push(`sound, ${name}: its import fails: ${outcome.stillFails}`);
        if (alarmed) problems.push(`sound, ${name}: ${outcome.broken.join(", ")}`);
        say(`sound: ${name}: ${alarmed ? outcome.broken.join(", ") : "nothing broken"}`);
        rows.push(["sound", name, outcome.stillFails ? "FAILS" : "passes", alarmed ? "NO" : "yes", "–"]);
    }
    say(
        `${together.length} pairs judged, ${rows.length} fixtures created, ${Math.round((performance.now() - begun) / 1000)} s`,
    );
}

if (rows.length > 0) showTable(["fixture", "what is in it", "import", "diagnosis right", "fixes work"], rows);
for (const problem of problems) showLine(problem);
if (unfelt.length > 0)
    showLine(
        `the import on the local AWS succeeds despite these faults, so only their diagnosis is checked: ${unfelt.join(", ")}`,
    );
const ownGoals: Goal[] = [
    { name: "access-faults-missed", figure: sums.missed, bound: "=", limit: 0 },
    { name: "access-pairs-missed", figure: sums.pairsMissed, bound: "=", limit: 0 },
    { name: "access-false-alarms", figure: sums.falseAlarms, bound: "=", limit: 0 },
    { name: "access-fixes-work", figure: (100 * sums.mended) / sums.toMend, bound: "=", limit: 100, unit: "%" },
    { name: "access-snapshots-unlike", figure: sums.unlike, bound: "=", limit: 0 },
    { name: "access-seconds", figure: Math.max(...seconds), bound: "<", limit: 10, unit: " s" },
];
process.exitCode = printGoals([...(rows.length > 0 ? ownGoals : []), ...generatedGoals, ...realGoals]);

/**
 * Returns a function that fetches the snapshot of a created setup and compares it with the snapshot that
 * `createSnapshot` builds. The drill diagnoses pairs of faults from built snapshots.
 */
function recordOf(one: Break, fixture: ImportFixture) {
    return async (jobArn: string) => {
        const fetched = await fetchSnapshot(await targetOfJob(jobArn));
        const unlike = differences(fetched, createSnapshot({ ...fixture, passRole: undefined }));
        sums.unlike += unlike.length > 0 ? 1 : 0;
        if (unlike.length > 0) problems.push(`${one.name}: fetched and built differ in ${unlike.join(", ")}`);
    };
}

/**
 * Records the result of a setup. A fault that may be intended counts as fixed if the diagnosis prints the expected
 * request to a person.
 */
function note(kind: string, name: string, of: readonly Break[], outcome: Outcome): void {
    const { missed, importFailed, asks } = outcome;
    const expected = of.map(({ fault }) => fault);
    const isAsked =
        of.some((each) => each.asks) && of.every((each) => !each.asks || asks.some((ask) => each.asks?.test(ask)));
    const stillFails = isAsked ? undefined : outcome.stillFails;
    seconds.push(outcome.seconds);
    if (!importFailed) unfelt.push(name);
    if (importFailed) sums.toMend += 1;
    if (importFailed && stillFails === undefined) sums.mended += 1;
    if (missed.length > 0)
        problems.push(`${kind}, ${name}: named ${outcome.broken.join(", ")}, not ${missed.join(", ")}`);
    if (stillFails !== undefined) problems.push(`${kind}, ${name}: after its fixes: ${stillFails}`);
    const more = outcome.broken.filter((fault) => !expected.includes(fault));
    const right = missed.length > 0 ? "NO" : more.length > 0 ? `yes, with ${more.join(", ")}` : "yes";
    rows.push([kind, name, importFailed ? "fails" : "passes", right, stillFails === undefined ? "yes" : "NO"]);
    say(`${kind}: ${name}: ${right}; ${stillFails ?? "fixed"} (${outcome.seconds.toFixed(1)} s)`);
}

function worldOf([a, b]: readonly [Break, Break]): ImportFixture {
    return b.make(a.make(soundFixture(`p${++number}`, caller)));
}

function nameOf([a, b]: readonly [Break, Break]): string {
    return `${a.name} + ${b.name}`;
}

function drawn(from: readonly [Break, Break][]): [Break, Break][] {
    const random = seededRandom(seed);
    const left = [...from];
    return Array.from(
        { length: Math.min(pairs, left.length) },
        () => left.splice(Math.floor(random() * left.length), 1)[0],
    ).filter((pair) => pair !== undefined);
}
