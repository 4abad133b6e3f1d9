import type { Call } from "./recording.ts";

/** What a run of the drill shows about one row of docs/unproven.md. */
export interface Outcome {
    /** Name of the check, with which the row begins. */
    readonly check: string;
    readonly outcome: "as documented" | "differs" | "not reached";
    /** The recorded text that shows the difference; otherwise empty. */
    readonly text: string;
}

/** Patterns of facts: one proves that the run got as far as the row, the other is the row's sign that AWS differs. */
type Check = readonly [reached: RegExp, differs: RegExp];

const up = /^up: done/;
const upAsOperator = /^up as operator: done/;
const imported = /^DescribeDatasetImportJob: ACTIVE/;

/** The checks, in the order of the rows of docs/unproven.md. `factsOf` makes the facts. */
export const checks: Readonly<Record<string, Check>> = {
    doctor: [/^doctor /, /^doctor (?!prices)\S+: unknown/],
    budgets: [/^doctor budgets: (ok|warn)/, /^doctor budgets: fail/],
    operator: [upAsOperator, /^up.* as operator: .*:user\/somebody is not authorized/],
    "trail-role": [up, /^up.*: .*InvalidCloudWatchLogsRoleArn/],
    "x-ray": [upAsOperator, /^up.*: .*iam:CreateServiceLinkedRole/],
    "api-document": [up, /^up.*: .*BadRequestException/],
    "method-throttles": [
        /^throttle of POST \/events: 429/,
        /^throttle of POST \/events: no 429|^up.*: .*BadRequestException.*~1/,
    ],
    "wrong-method": [/^POST \/recommendations\/1 \{\}: 405/, /^POST \/recommendations\/1 \{\}: (?!405)/],
    "function-role": [up, /^up.*: .*role defined for the function cannot be assumed/],
    "import-role": [imported, /^DescribeDatasetImportJob: CREATE FAILED.*Insufficient privileges/],
    "import-access": [imported, /^up.*: .*Insufficient privileges/],
    "import-columns": [imported, /^(DescribeDatasetImportJob|up.*): .*Input CSV is missing/],
    "training-price": [/^training hours: as predicted/, /^training hours: (?!as predicted)/],
    states: [
        /^DescribeCampaign: ACTIVE/,
        /^Describe\w+: (?!done|ACTIVE|(CREATE|UPDATE|DELETE|STOP) (PENDING|IN_PROGRESS|FAILED)|\w+Exception)/,
    ],
    recipe: [upAsOperator, /^CreateSolution: AccessDenied/],
    "request-tags": [upAsOperator, /^Create(Filter|EventTracker): AccessDenied/],
    "legacy-recipes": [
        /^CreateSolution (aws-hrnn|AutoML): InvalidInputException/,
        /^CreateSolution (aws-hrnn|AutoML): (?!InvalidInputException)/,
    ],
    texts: [/^preview --expect-no-changes: done/, /^preview --expect-no-changes: (?!done)/],
    "watched-films": [/^watched items with filter .*: 0 of [1-9]/, /^watched items with filter .*: [1-9]\d* of/],
    "lists-role": [/^up with batch lists: done/, /^up with batch lists.*: .*:assumed-role\/somebody.*iam:PassRole/],
    "guard-role": [/^cost guard: ran without an error/, /^cost guard: (?!ran without an error)/],
    prices: [/^doctor prices: ok/, /^doctor prices: (warn|fail)/],
    deletion: [/^destroy: done/, /^destroy: (?!done)/],
    leftovers: [/^leftovers: none/, /^leftovers: (?!none)/],
};

/** Returns the outcome of each check for the calls and observations of one run. */
export function outcomes(calls: readonly Call[]): Outcome[] {
    const facts = calls.flatMap(factsOf);
    return Object.entries(checks).map(([check, [reached, differs]]) => {
        // The errors of a command follow its exit code.
        const text = facts.findLast((fact) => differs.test(fact));
        if (text !== undefined) return { check, outcome: "differs", text };
        return { check, outcome: facts.some((fact) => reached.test(fact)) ? "as documented" : "not reached", text: "" };
    });
}

/** Returns the row of a run for the table at the end of docs/unproven.md. */
export function runRow(date: string, region: string, results: readonly Outcome[]): string {
    const named = (wanted: Outcome["outcome"]) => results.filter(({ outcome }) => outcome === wanted);
    const names = (some: readonly Outcome[]) => some.map(({ check }) => `\`${check}\``).join(", ") || "–";
    const documented = named("as documented").length;
    return `| ${date} | ${region} | ${documented} | ${names(named("differs"))} | ${names(named("not reached"))} |`;
}

interface Described {
    readonly status?: string;
    readonly failureReason?: string;
}

/**
 * Returns a call as lines `<operation>: <result>`. The result is the error's code and text, or the state and the
 * failure's reason of a described resource, or `done`. An observation has one line for each line of its value.
 */
function factsOf({ service, operation, request, error, response }: Call): string[] {
    if (service === "observed") {
        return (response as { value: string }).value.split("\n").map((line) => `${operation}: ${line}`);
    }
    const { recipeArn = "", performAutoML } = (request ?? {}) as { recipeArn?: string; performAutoML?: boolean };
    const legacy = performAutoML ? " AutoML" : recipeArn.endsWith("aws-hrnn") ? " aws-hrnn" : "";
    const { message = "" } = (response ?? {}) as { message?: string };
    const described = Object.values((response ?? {}) as Record<string, Described | null>).find((one) => one?.status);
    const result = error === undefined ? [described?.status ?? "done", described?.failureReason] : [error, message];
    return [`${operation}${legacy}: ${result.filter(Boolean).join(" ")}`];
}
