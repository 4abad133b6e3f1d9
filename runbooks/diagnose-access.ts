import { type DiagnoseOptions, runDiagnosis, withDiagnoseOptions } from "access-doctor";
import { type CommonOptions, exitCodes, runAction, runbook } from "./lib/cli/runbook.ts";
import { asRunbook } from "./lib/import/errors.ts";
import { ownedBySelectedStack, targetOfStack } from "./lib/import/target-of-stack.ts";

const options = withDiagnoseOptions(
    runbook("diagnose-access", ["", "--role arn:aws:iam::111122223333:role/Import --bucket films --key ratings.csv"]),
)
    .parse()
    .opts<CommonOptions & DiagnoseOptions>();

const { fine, problem, unknown } = exitCodes;
const codes = { sound: fine, broken: problem, unknown, written: fine } as const;

await runAction(
    options.verbose,
    asRunbook(async (signal) => {
        const { stack } = options;
        const other = { option: "stack", value: stack, target: targetOfStack.bind(undefined, stack) };
        const start = ["npm", "run", "diagnose-access", "--"];
        return codes[await runDiagnosis(options, { start, signal, other, owned: ownedBySelectedStack })];
    }),
);
