import { runGuard } from "../../../app/functions/cost-guard/run-guard.ts";
import { disturb, faults, undisturbed } from "./faults.ts";
import { type GuardRun, type MonthResult, month } from "./month.ts";
import { type Scenario, scenarios } from "./scenarios.ts";

/** The results of all scenarios with one kind of fault, or without faults. */
export interface FaultResult {
    readonly fault: string;
    readonly months: number;
    readonly notifications: number;
    readonly wrong: readonly string[];
    /**
     * Maximum simulated minutes from a reached limit to the park, without the time in which a fault prevented it.
     * `enforcementMinutesAll` includes this time.
     */
    readonly enforcementMinutes: number;
    readonly enforcementMinutesAll: number;
    readonly enforcements: number;
    /** US dollars. */
    readonly estimateOff: number;
    readonly failedRuns: number;
    readonly survived: boolean;
}

/** Maximum delay of a park, and maximum error of the guard's estimate. */
const bounds = { enforcementMinutes: 20, estimateUsd: 1 };

/** Runs a guard in each simulated month, without faults and with each kind of fault. */
export async function virtualMonths(
    seed: number,
    guard: () => GuardRun = () => runGuard,
    say: (line: string) => void = () => {},
    chosen: { readonly scenarios: readonly Scenario[]; readonly faults: typeof faults } = { scenarios, faults },
): Promise<FaultResult[]> {
    const phase = seed % 15;
    const results = new Map<string, [Scenario, MonthResult][]>();
    const keep = (name: string, scenario: Scenario, result: MonthResult) =>
        results.set(name, [...(results.get(name) ?? []), [scenario, result]]);
    for (const [number, scenario] of chosen.scenarios.entries()) {
        const calm = await month(scenario, undisturbed, guard(), phase);
        keep("none", scenario, calm);
        for (const [index, fault] of chosen.faults.entries()) {
            const disturbance = disturb(fault, calm.moments, 1000 * seed + 50 * number + index);
            keep(fault.name, scenario, await month(scenario, disturbance, guard(), phase));
        }
        say(
            `${number + 1}/${chosen.scenarios.length} ${scenario.name}: ${calm.notifications} notifications without faults`,
        );
    }
    return [...results].map(([fault, all]) => resultOf(fault, all));
}

function resultOf(fault: string, all: readonly [Scenario, MonthResult][]): FaultResult {
    const wrong = all.flatMap(([{ name }, { notificationsWrong, actsWrong }]) =>
        [...notificationsWrong, ...actsWrong].map((what) => `${name}: ${what}`),
    );
    const enforcements = all.flatMap(([, result]) => result.enforcements);
    const most = (values: readonly number[]) => Math.max(0, ...values);
    const sum = (of: (result: MonthResult) => number) => all.reduce((total, [, result]) => total + of(result), 0);
    const enforcementMinutes = most(enforcements.map(({ counted }) => counted));
    const estimateOff = most(all.map(([, result]) => result.estimateOff));
    return {
        fault,
        months: all.length,
        wrong,
        enforcementMinutes,
        estimateOff,
        enforcements: enforcements.length,
        enforcementMinutesAll: most(enforcements.map((one) => one.all)),
        notifications: sum(({ notifications }) => notifications),
        failedRuns: sum(({ failedRuns }) => failedRuns),
        survived:
            wrong.length === 0 && enforcementMinutes < bounds.enforcementMinutes && estimateOff < bounds.estimateUsd,
    };
}
