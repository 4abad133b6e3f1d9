import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { Series } from "./series.ts";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** The state of an alarm, and the reason in the wording of CloudWatch. */
export interface Evaluation {
    readonly state: AlarmState;
    readonly reason: string;
}

const breaches: Readonly<Record<string, readonly [is: (value: number, threshold: number) => boolean, words: string]>> =
    {
        GreaterThanThreshold: [(value, threshold) => value > threshold, "greater than"],
        GreaterThanOrEqualToThreshold: [(value, threshold) => value >= threshold, "greater than or equal to"],
        LessThanThreshold: [(value, threshold) => value < threshold, "less than"],
        LessThanOrEqualToThreshold: [(value, threshold) => value <= threshold, "less than or equal to"],
    };

/** Number of additional periods to read if data is missing. In CloudWatch's examples, an alarm on 3 periods reads 5. */
const periodsBeyond = 2;

/** The period of an alarm's metric or queries, in milliseconds. */
export function periodOf({ Period, Metrics = [] }: MetricAlarm): number {
    const ofQueries = Metrics.map((query) => query.MetricStat?.Period ?? query.Period ?? 0);
    return (Period ?? (Math.max(0, ...ofQueries) || 60)) * 1000;
}

/**
 * Returns the start of each complete period that CloudWatch evaluates, oldest first, and the start of the current
 * period.
 */
export function computePeriods(
    alarm: MetricAlarm,
    now: number,
): { readonly whole: readonly number[]; readonly running: number } {
    const period = periodOf(alarm);
    const running = Math.floor(now / period) * period;
    const count = (alarm.EvaluationPeriods ?? 1) + periodsBeyond;
    return { whole: Array.from({ length: count }, (_, n) => running - (count - n) * period), running };
}

/**
 * Evaluates an alarm's datapoints at the time `now`, as the CloudWatch User Guide describes in "Evaluating an alarm"
 * and "Configuring how CloudWatch alarms treat missing data". In the cases that the guide names, the alarm keeps its
 * current state. CloudWatch evaluates periods longer than a minute every minute. The current period of such an alarm
 * therefore counts as soon as later data can no longer prevent a breach. AWS documents the evaluation range only by
 * examples.
 * @throws Error for an operator that needs anomaly detection
 */
export function evaluateAlarm(alarm: MetricAlarm, datapoints: Series, now: number): Evaluation {
    const operator = alarm.ComparisonOperator ?? "";
    const [is, words] = breaches[operator] ?? [];
    if (!is || !words) {
        throw new Error(
            `alarm ${alarm.AlarmName}: the local AWS does not evaluate ${operator || "an alarm without ComparisonOperator"}`,
        );
    }
    const { EvaluationPeriods: periods = 1, Threshold: threshold = 0, StateValue = "INSUFFICIENT_DATA" } = alarm;
    const needed = alarm.DatapointsToAlarm ?? periods;
    const isBreaching = (at: number) => is(datapoints.get(at) ?? Number.NaN, threshold);
    const { whole, running } = computePeriods(alarm, now);
    const runs = periodOf(alarm) > 60_000 && operator.startsWith("Greater") && isBreaching(running);
    const range = runs ? [...whole.slice(1), running] : whole;

    const real = range.filter((at) => datapoints.has(at)).slice(-periods);
    const filled = periods - real.length;
    const breaching = real.filter(isBreaching);
    const treatment = alarm.TreatMissingData ?? "missing";

    const answer = (state: AlarmState, reason: string): Evaluation => ({ state, reason });
    const crossed = (state: "ALARM" | "OK"): Evaluation => {
        const shown = state === "ALARM" ? (breaching.length > 0 ? breaching : real) : real;
        const list = shown
            .map((at) => `${datapoints.get(at)} (${new Date(at).toISOString().slice(0, 19)}Z)`)
            .join(", ");
        const assumed = treatment === "breaching" ? "Breaching" : "NonBreaching";
        const missing =
            filled > 0 && (treatment === "breaching" || treatment === "notBreaching")
                ? ` ${plural(filled, "missing datapoint was", "missing datapoints were")} treated as [${assumed}].`
                : "";
        const summary =
            shown.length > 0
                ? `${shown.length} out of the last ${periods} datapoints [${list}] was ${state === "OK" ? "not " : ""}${words} the threshold (${threshold})`
                : `no datapoints were received for ${plural(periods, "period", "periods")}`;
        return answer(
            state,
            `Threshold Crossed: ${summary} (minimum ${plural(needed, "datapoint", "datapoints")} for ALARM).${missing}`,
        );
    };
    const current = () => answer(StateValue, alarm.StateReason ?? "Unchanged");

    if (breaching.length + (treatment === "breaching" ? filled : 0) >= needed) {
        return crossed("ALARM");
    }
    if (filled === 0 || treatment === "breaching" || treatment === "notBreaching" || breaching.length < real.length) {
        return crossed("OK");
    }
    if (treatment === "ignore") {
        return current();
    }
    if (real.length === 0) {
        return answer(
            "INSUFFICIENT_DATA",
            `Insufficient Data: ${plural(periods, "datapoint was", "datapoints were")} unknown.`,
        );
    }
    // All existing datapoints breach, but there are fewer than `needed`. The alarm goes to ALARM when the oldest
    // breaching datapoint is at least `needed` periods old.
    const oldest = breaching[0] ?? running;
    return range.length - range.indexOf(oldest) >= needed ? crossed("ALARM") : current();
}

const plural = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`;
