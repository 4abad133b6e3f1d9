import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

/**
 * Another author's evaluator of IAM, for the judge. Each line of standard input is a list of simulations. Each line of
 * standard output is the list of their results; of a simulation with `explain`, also the Sids of the statements that deny
 * or allow. The drill installs the evaluator; no clone depends on it.
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
