import { oneLine } from "terminal-text";
import type { StackConfig } from "../../../core/config/config.ts";

/** `unknown` means that the check could not run. */
type Verdict = "ok" | "warn" | "fail" | "unknown";

export interface CheckResult {
    readonly name: string;
    readonly verdict: Verdict;
    readonly detail: string;
    /** How to fix the problem: a command, if one exists. */
    readonly fix?: string;
}

export type Finding = Omit<CheckResult, "name">;

/** A check that `doctor` runs before the first `up`. It changes nothing, and may throw. */
export type Check = (config: StackConfig) => Promise<Finding>;

/** The check passed. */
export const ok = (detail: string): Finding => ({ verdict: "ok", detail });
/** Returns a finding with the verdict `warn`: `up` works, but the fix is recommended. */
export const warn = (detail: string, fix: string): Finding => ({ verdict: "warn", detail, fix });
/** Returns a finding with the verdict `fail`: `up` would fail without the fix. */
export const fail = (detail: string, fix: string): Finding => ({ verdict: "fail", detail, fix });
/** Returns a finding with the verdict `unknown`: the check could not run. */
export const unknown = (detail: string): Finding => ({ verdict: "unknown", detail });

/** Runs all checks in parallel. A check that throws has the verdict `unknown` and does not affect others. */
export const runChecks = (
    checks: Readonly<Record<string, Check>>,
    config: StackConfig,
): Promise<readonly CheckResult[]> =>
    Promise.all(
        Object.entries(checks).map(async ([name, check]) => {
            const finding = await check(config).catch((error: Error) => unknown(`the check failed: ${oneLine(error)}`));
            return { name, ...finding };
        }),
    );
