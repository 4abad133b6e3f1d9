import { benchCommand, whole } from "../../bench/lib/command.ts";
import { printGoals, showLine, showTable } from "../../bench/lib/goals.ts";
import { prefixActions } from "../../iam/operator/scope.ts";
import { neededOnAws, operatorGrants, operatorLevels } from "../../iam/operator.ts";
import { listEverything, listWatchers } from "../support/inventory.ts";
import { startTestAws } from "../support/local-aws.ts";
import { accessReader, balance } from "./operator/access.ts";
import { attacksOn } from "./operator/attacks.ts";
import { trespasses, unmetRequirements } from "./operator/fences.ts";
import { createHarness } from "./operator/harness.ts";
import { insiderAttacksOn } from "./operator/insider-attacks.ts";
import { life } from "./operator/life.ts";
import { settleNeighbours } from "./operator/neighbours.ts";
import { createScope, freshUser, operatorProgram } from "./operator/operators.ts";
import { fetchPolicies, judgeOutside, requiredResources } from "./operator/outside-judge.ts";
import { chooseRemovals, createStage, isNoticed, type Lived } from "./operator/removals.ts";
import { retrainerAttacksOn, servingAttacksOn } from "./operator/serving-attacks.ts";

/**
 * Checks that the operator's policies are sufficient and minimal. Users who have only these policies run every command.
 * Then compares the granted actions with the used ones, checks that a command fails without a used action, and checks
 * that attacks are denied. Runs on its own local AWS, which enforces IAM.
 */

const { seed, removals: count } = benchCommand(
    "drill:operator",
    "Do the operator's policies allow everything that an operator does, and nothing else?",
    ["", "--removals 3 --seed 7"],
)
    .option("--seed <number>", "seed of the choice of removed actions", whole(0), 1)
    .option("--removals <number>", "number of actions to remove from the policies, one at a time", whole(0), 20)
    .parse()
    .opts<{ seed: number; removals: number }>();

const say = (line: string) => process.stderr.write(`${line}\n`);
const aws = await startTestAws("instant", "passphrase");
const problems: string[] = [];
const lived = new Map() as Map<string, { seconds: number; used: ReadonlySet<string> }> & Lived;
const rows: string[][] = [];
const removed: string[][] = [];
const attacked: string[][] = [];
let passed = 0;
const scope = createScope(aws);
const granted = operatorGrants(scope).flatMap(prefixActions);
const used = new Set<string>();
const required = requiredResources([...new Set(granted)]);
const requests = trespasses(scope, required);
const trespassed: ((typeof requests)[number] & { readonly decision: string })[] = [];
try {
    await settleNeighbours(aws);
    const program = await operatorProgram(aws);
    await program.configure({ githubSubject: "repo:my-org/movie-recommender:environment:production" });
    const upResult = await program.engine("up");
    if (upResult.exitCode !== 0) {
        throw new Error(`operator/ could not be deployed:\n${upResult.stdout}\n${upResult.stderr}`);
    }
    const { boundaryArn, policyArns } = await program.outputs();
    const users = new Map<string, Awaited<ReturnType<typeof freshUser>>>();
    for (const levels of [["read"], ["read", "operate"], ["read", "operate", "deploy"]] as const) {
        const arns = levels.flatMap((level) => operatorLevels[level].map((kind) => policyArns[kind] ?? ""));
        users.set(levels.join(), await freshUser(aws.iam, `who-may-${levels.at(-1)}`, arns));
    }
    const operator = users.get("read,operate,deploy") as Awaited<ReturnType<typeof freshUser>>;
    const harness = createHarness(aws, boundaryArn);
    const log = accessReader(aws.instance);
    await log.next();

    for (const step of life) {
        const kinds = step.policies ?? ["read", "operate", "deploy"];
        const user = users.get(kinds.join()) ?? operator;
        await step.ready?.(harness);
        const begun = performance.now();
        const { exitCode, stdout, stderr } = await step.run(harness, user.who);
        const seconds = (performance.now() - begun) / 1000;
        const accesses = (await log.next()).filter(({ principal }) => principal === user.arn);
        const mine = new Set(accesses.filter(({ decision }) => decision === "allowed").map(({ action }) => action));
        const denied = accesses.filter(({ decision }) => decision === "denied");
        for (const action of mine) used.add(action);
        lived.set(step.name, { seconds, used: mine });
        // Ignore denied calls that are no IAM actions: the local AWS denies calls that it does not emulate, and the
        // runbooks continue without them.
        const missing = denied.filter(({ action }) => /^[\w-]+:\w+$/.test(action));
        const fine = exitCode === (step.exitCode ?? 0) && missing.length === 0;
        passed += fine ? 1 : 0;
        if (!fine) {
            const why = missing.map(({ action, resource }) => `${action} on ${resource} denied`).join("; ");
            problems.push(`${step.name}: exit ${exitCode}; ${why}\n${(stdout + stderr).slice(-4000)}`);
            say(problems.at(-1) ?? "");
            // Stop after a failed `up`, because all later steps need the stack.
            if (step.name === "up") break;
        }
        rows.push([step.name, kinds.join(", "), `${mine.size}`, seconds.toFixed(1), fine ? "yes" : "NO"]);
        say(`${step.name} (${kinds.join(", ")}): ${fine ? "fine" : "NOT FINE"}, ${seconds.toFixed(1)} s`);
    }
    const left = [...(await listEverything(aws)), ...(await listWatchers(aws))].filter(
        (thing) => thing.includes(scope.stack) && !/^IAM-policy |^IAM-role .*-github/.test(thing),
    );
    if (left.length > 0) {
        problems.push(`the operator's destroy left ${left.join(", ")}`);
    }

    const stage = createStage(harness);
    await stage.prepare({ from: "usual" });
    const attacks = [
        ...(await attacksOn(aws, scope, operator)),
        ...(await servingAttacksOn(aws, scope, operator)),
        ...(await insiderAttacksOn(aws, scope, operator)),
        ...retrainerAttacksOn(aws, scope, users.get("read,operate") ?? operator),
    ];
    for (const attack of attacks) {
        const denied = await attack.attempt();
        attacked.push([attack.name, denied ?? "ALLOWED"]);
    }
    say(`${attacked.length} attacks`);
    const judged = judgeOutside(operator.arn, scope.accountId, await fetchPolicies(aws.iam, policyArns), requests);
    // Skip requests that cannot exist in AWS, such as an action on a resource of a type that the action does not
    // accept.
    requests.forEach((request, index) => {
        if (judged[index] !== "Error") trespassed.push({ ...request, decision: judged[index] ?? "" });
    });
    say(`${trespassed.length} requests beyond a limit of the policies were evaluated by a third-party evaluator`);

    // Test first the steps that do not change the stack, because they can share one stack.
    const chosen = chooseRemovals(lived, granted, count, seed).toSorted(
        (a, b) => Number(a.step.changes ?? false) - Number(b.step.changes ?? false),
    );
    for (const [index, removal] of chosen.entries()) {
        const { noticed, how } = await isNoticed(harness, stage, aws.iam, scope, removal, index + 1);
        removed.push([removal.action, removal.step.name, how, noticed ? "yes" : "NO"]);
        say(`${index + 1}/${chosen.length} without ${removal.action}, ${removal.step.name}: ${how}`);
    }
    await stage.prepare({ from: "nothing" });
    for (const user of users.values()) {
        await user.end();
    }
    const destroyResult = await program.engine("destroy");
    if (destroyResult.exitCode !== 0) {
        problems.push(`operator/ could not be destroyed:\n${destroyResult.stdout}\n${destroyResult.stderr}`);
    }
} finally {
    await aws.stop();
}

const { unneeded, onAws } = balance(
    granted,
    used,
    neededOnAws.map(({ action }) => action),
);
showTable(["step", "policies", "actions used", "s", "fine"], rows);
showTable(["without", "shortest step", "what happened", "noticed"], removed);
showTable(["attack", "denied by"], attacked);
showLine(`${new Set(granted).size} actions granted, ${used.size} used. Not used here, and needed on AWS:`);
for (const action of onAws) {
    showLine(`  ${action}: ${neededOnAws.find((needed) => needed.action === action)?.page}`);
}
for (const { fence, action, resource, decision } of trespassed) {
    if (decision === "Allowed") showLine(`beyond its limit (${fence}), and allowed: ${action} on ${resource}`);
}
const unmet = unmetRequirements(scope, required);
for (const line of unmet) showLine(`required on AWS, and not granted: ${line}`);
const fences = Map.groupBy(trespassed, ({ fence }) => (fence.startsWith("stack ") ? "another stack" : fence));
showTable(
    ["limit", "requests"],
    [...fences].map(([fence, all]) => [fence, `${all.length}`]),
);
for (const line of [...problems, ...unneeded.map((action) => `granted and not needed: ${action}`)]) {
    showLine(line);
}
const allowed =
    attacked.filter(([, how]) => how === "ALLOWED").length +
    trespassed.filter(({ decision }) => decision === "Allowed").length;
const noticed = removed.filter(([, , , yes]) => yes === "yes").length;
process.exitCode = printGoals([
    {
        name: "operator-life",
        figure: (100 * passed) / life.length,
        bound: "=",
        limit: 100,
        unit: "%",
    },
    { name: "operator-unneeded-actions", figure: unneeded.length, bound: "=", limit: 0 },
    { name: "operator-removals-noticed", figure: (100 * noticed) / removed.length, bound: "=", limit: 100, unit: "%" },
    { name: "operator-required-resources-missing", figure: unmet.length, bound: "=", limit: 0 },
    { name: "operator-attacks", figure: attacked.length + trespassed.length, bound: ">=", limit: 100 },
    { name: "operator-attacks-allowed", figure: allowed, bound: "=", limit: 0 },
]);
