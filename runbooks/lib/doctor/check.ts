import { messageOf } from "../../../personalize/errors.ts";

/** `unknown`: it could not be checked. */
export type Verdict = "ok" | "warn" | "fail" | "unknown";

export interface CheckResult {
    readonly name: string;
    readonly verdict: Verdict;
    readonly detail: string;
    /** The fix: a command, if there is one. */
    readonly fix?: string;
}

export type Finding = Omit<CheckResult, "name">;

/** One check before the first `up`; it only reads, and may throw. */
export type Check<Deps> = (deps: Deps) => Promise<Finding>;

/** Nothing to do. */
export const ok = (detail: string): Finding => ({ verdict: "ok", detail });
/** `up` works, and the fix is worth its time. */
export const warn = (detail: string, fix: string): Finding => ({ verdict: "warn", detail, fix });
/** `up` would fail without the fix, a command. */
export const fail = (detail: string, fix: string): Finding => ({ verdict: "fail", detail, fix });
/** The check could not be made. */
export const unknown = (detail: string, fix?: string): Finding => ({
    verdict: "unknown",
    detail,
    ...(fix !== undefined && { fix }),
});

/** An error as one line of text: some SDK errors have several. */
export function oneLine(error: unknown): string {
    const lines = messageOf(error).split("\n");
    return lines
        .map((line) => line.trim())
        .filter((line) => line !== "")
        .join(" ");
}

/** Runs all checks in parallel. A check that throws is unknown, and hides no other. */
export async function runChecks<Deps>(
    checks: Readonly<Record<string, Check<Deps>>>,
    deps: Deps,
    finished: (result: CheckResult) => void,
): Promise<CheckResult[]> {
    return Promise.all(
        Object.entries(checks).map(async ([name, check]) => {
            const finding = await check(deps).catch((error: Error) => unknown(`the check failed: ${oneLine(error)}`));
            const result = { name, ...finding };
            finished(result);
            return result;
        }),
    );
}
