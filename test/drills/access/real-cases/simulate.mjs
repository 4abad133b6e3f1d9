import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

/**
 * Runs the third-party IAM evaluator. Each line of standard input is a JSON list of simulations, and each line of
 * standard output is the list of their results. The result of a simulation with `explain` also contains the Sids of the
 * statements that deny or allow. Only drills install the evaluator.
 */
const [, , folder] = process.argv;
const find = createRequire(pathToFileURL(`${folder}/package.json`));
const { runSimulation } = await import(pathToFileURL(find.resolve("@cloud-copilot/iam-simulate")).href);

for await (const line of createInterface({ input: process.stdin })) {
    const results = [];
    for (const simulation of JSON.parse(line)) {
        const { resultType, overallResult, result, errors } = await runSimulation(simulation, {});
        const decision = resultType === "error" ? "Error" : overallResult;
        const { analysis = {} } = result ?? {};
        const parts = [analysis.identityAnalysis, analysis.resourceAnalysis, analysis.permissionBoundaryAnalysis];
        const sids = (kind) => parts.flatMap((part) => (part?.[kind] ?? []).map(({ statement }) => statement.sid()));
        const explained = { decision, denies: sids("denyStatements"), allows: sids("allowStatements"), errors };
        results.push(simulation.explain ? explained : decision);
    }
    process.stdout.write(`${JSON.stringify(results)}\n`);
}
