import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { benchCommand, printGoals, refuseNone, showLine, showTable } from "../../bench/lib/command.ts";
import { rows } from "../../core/config/keys.ts";
import { root } from "../../packages/local-aws/instance.ts";
import { createDrift } from "../support/drift.ts";
import { listEverything } from "../support/inventory.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { previewedAndApplied } from "../support/preview-plan.ts";
import { type KeyCase, keyCases } from "./planned/key-values.ts";
import { handMadeGroup, prepareValues } from "./planned/prepare.ts";

/** The sign for each operation of the engine in docs/configuration.md. */
const signs: Readonly<Record<string, string>> = { create: "±", delete: "±", update: "~", replace: "+-" };

/**
 * Checks whether docs/configuration.md lists effects on a type: Personalize resources, and resources with data or an
 * address.
 */
const isListed = (type: string) =>
    (/^pulumi-nodejs:dynamic\/personalize:/.test(type) && !/:(Owner|StateFlags)$/.test(type)) ||
    /^aws:(s3\/bucket:Bucket|dynamodb\/table:Table|apigateway\/restApi:RestApi|cloudfront\/distribution:Distribution|cloudtrail\/trail:Trail)$/.test(
        type,
    );

/** Returns the effects, such as `~ Campaign`, that core/config/keys/ states for a change of a config key. */
const documentedEffects = (key: string): readonly string[] =>
    rows.find(([name]) => name === key)?.[1].changes?.split(", ") ?? [];

/**
 * Returns the effects of an engine's steps in the notation of docs/configuration.md, each once. Omits types that the
 * document does not list.
 */
function listEffects(steps: readonly { readonly op: string; readonly urn: string }[]): readonly string[] {
    const effects = steps.flatMap(({ op, urn }) => {
        const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
        return isListed(type) && signs[op] ? [`${signs[op]} ${type.split(":").at(-1)}`] : [];
    });
    return [...new Set(effects)].sort();
}

/**
 * Compares the changes of a preview with those of the following `up`, for every config key and every kind of change
 * outside Pulumi (drift). Runs on its own local AWS.
 */

const { only, resume } = benchCommand(
    "drill:planned",
    "Does `up` make exactly the changes that preview announces, for every config key and every kind of drift?",
    ["", "--only tags", "--resume"],
)
    .option("--only <text>", "only keys and drifts whose name contains the text", "")
    .option("--resume", "continue the interrupted drill", false)
    .parse()
    .opts<{ only: string; resume: boolean }>();

/** The result of one tested change. */
interface Planned {
    readonly kind: "key" | "drift" | "deletion";
    readonly name: string;
    readonly changes: number;
    /** Changes (operation and resource) that only the preview or only `up` contained. */
    readonly differences: readonly string[];
    readonly secondEmpty: boolean;
    /** Deleted resources that `up` did not create again. */
    readonly notRestored: readonly string[];
    readonly problem?: string;
}

// Without a limit, preview refuses the return from lists by batch inference to a campaign, because the price jumps.
const base = { api: true, eventTracker: true, storefront: "api", monthlyLimitUsd: 1000 };
const say = (line: string) => process.stderr.write(`${line}\n`);
const file = join(root, ".local", "drills", "planned.json");
const results: Planned[] = resume && existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Planned[]) : [];
const isDone = (name: string) => results.some((one) => one.name === name);
let current: Awaited<ReturnType<typeof begin>> | undefined;
let total = 0;
/** Config keys that the previous case set. */
let changed: readonly string[] = [];
try {
    current = await begin();
    const { keys, drifts, deletions } = current;
    const cases = [
        ...Object.keys(keys).map((name) => ["key", name] as const),
        ...Object.keys(drifts).map((name) => ["drift", name] as const),
        ...Object.keys(deletions).map((name) => ["deletion", name] as const),
    ].filter(([, name]) => name.includes(only));
    total = cases.length;
    refuseNone(only, [...Object.keys(keys), ...Object.keys(drifts)], () => cases.length > 0);
    for (const [index, [kind, name]] of cases.entries()) {
        if (isDone(name)) continue;
        const begun = performance.now();
        current ??= await begin();
        const result = await resultOfCase(current, kind, name);
        results.push(result);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, JSON.stringify(results));
        const seconds = ((performance.now() - begun) / 1000).toFixed(0);
        say(
            `${index + 1}/${total} ${kind} ${name}: ${faultOf(result) ?? `${result.changes} changes, fine`} (${seconds} s)`,
        );
        if (faultOf(result) !== undefined) {
            await current.end();
            current = undefined;
        }
    }
} finally {
    await current?.end();
}

showTable(
    ["kind", "change", "resources", "result"],
    results.map((one) => [one.kind, one.name, one.changes, faultOf(one) === undefined ? "as planned" : "FAULT"]),
);
for (const one of results.filter((result) => faultOf(result) !== undefined)) {
    showLine(`${one.kind} ${one.name}: ${faultOf(one)}`);
}
if (only === "" && results.length === total) {
    const percent = (of: readonly Planned[], holds: (one: Planned) => boolean) =>
        (100 * of.filter(holds).length) / of.length;
    const restores = results.filter(({ kind }) => kind === "deletion");
    process.exitCode = printGoals([
        {
            name: "planned-equals-done",
            figure: percent(results, (one) => one.problem === undefined && one.differences.length === 0),
            bound: "=",
            limit: 100,
            unit: "%",
        },
        {
            name: "planned-second-empty",
            figure: percent(results, ({ secondEmpty }) => secondEmpty),
            bound: "=",
            limit: 100,
            unit: "%",
        },
        {
            name: "refresh-restores",
            figure: percent(restores, (one) => one.problem === undefined && one.notRestored.length === 0),
            bound: "=",
            limit: 100,
            unit: "%",
        },
    ]);
} else {
    process.exitCode = results.every((one) => faultOf(one) === undefined) ? 0 : 1;
}

async function begin() {
    // Only this speed accepts AutoML, the other value of a key.
    const aws = await startTestAws("samples");
    const values = await prepareValues(aws);
    await aws.configure(base);
    assertExit(await aws.engine("up"), 0);
    const drift = await createDrift(aws);
    return {
        aws,
        keys: keyCases(aws, values.arns),
        drifts: drift.drifts,
        deletions: drift.deletions,
        async end(): Promise<void> {
            drift.end();
            await values.end();
            await aws.stop();
        },
    };
}

async function resultOfCase(
    { aws, keys, drifts, deletions }: Awaited<ReturnType<typeof begin>>,
    kind: Planned["kind"],
    name: string,
) {
    const common = { kind, name };
    try {
        if (kind === "key") {
            const one = keys[name] as KeyCase;
            // `triedKey` also resets the config keys that the previous case changed.
            const result = await triedKey(aws, one, [...changed, ...Object.keys(one.set)]);
            if (one.refused === undefined) changed = Object.keys(one.set);
            return { ...common, ...result, notRestored: [] };
        }
        await aws.configure(base);
        assertExit(await aws.engine("up"), 0);
        const before = await named(aws);
        await (kind === "drift" ? drifts[name] : deletions[name])?.();
        assertExit(await aws.engine("refresh"), 0);
        const { steps: _, ...result } = await compared(aws);
        const after = await named(aws);
        const notRestored = before.filter((thing) => !after.includes(thing));
        return { ...common, ...result, notRestored };
    } catch (error) {
        const problem = String((error as Error).message).slice(-1500);
        return { ...common, changes: 0, differences: [], secondEmpty: false, notRestored: [], problem };
    }
}

async function triedKey(aws: TestAws, { set, refused }: KeyCase, keys: readonly string[]) {
    await aws.configure({ ...base, ...set });
    if (refused === undefined) {
        const documented = new Set(keys.flatMap(documentedEffects));
        const { steps, ...result } = await compared(aws);
        const others = listEffects(steps).filter((effect) => !documented.has(effect));
        const undocumented = others.map((effect) => `not in "Effect of a change": ${effect}`);
        return { ...result, differences: [...result.differences, ...undocumented] };
    }
    for (const command of ["preview", "up"] as const) {
        const { exitCode, stdout, stderr } = await aws.engine(command);
        if (exitCode === 0 || !refused.test(stdout + stderr)) {
            throw new Error(
                `${command} exited with ${exitCode} and did not reject the value as expected: ${stdout}${stderr}`,
            );
        }
    }
    return { changes: 0, differences: [], secondEmpty: true };
}

async function compared(aws: TestAws) {
    const { preview, up, steps } = await previewedAndApplied(aws);
    const differences = [
        ...preview.filter((pair) => !up.includes(pair)).map((pair) => `only preview: ${pair}`),
        ...up.filter((pair) => !preview.includes(pair)).map((pair) => `only up: ${pair}`),
    ];
    const second = await aws.engine("preview", "--expect-no-changes");
    return { changes: up.length, differences, secondEmpty: second.exitCode === 0, steps };
}

/**
 * Lists the account's resources by name, without two that cannot be compared: a solution version has a new id after
 * each training, and `up` does not restore the dataset group created outside Pulumi.
 */
async function named(aws: TestAws): Promise<string[]> {
    const isNamed = (thing: string) => !thing.startsWith("version ") && thing !== `dataset-group ${handMadeGroup}`;
    return (await listEverything(aws)).filter(isNamed).sort();
}

function faultOf({ differences, secondEmpty, notRestored, problem }: Planned): string | undefined {
    if (problem !== undefined) return problem;
    if (differences.length > 0) return differences.join("; ");
    if (!secondEmpty) return "the second preview is not empty";
    return notRestored.length > 0 ? `missing: ${notRestored.join(", ")}` : undefined;
}
