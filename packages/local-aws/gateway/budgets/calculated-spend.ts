import type { Budget } from "@aws-sdk/client-budgets";
import type { Emulator } from "local-personalize";
import { monthSpend } from "../spend.ts";
import { scopeOf } from "./decide.ts";

/** A budget on the wire, where times are epoch seconds. */
type WireBudget = Omit<Budget, "TimePeriod"> & { TimePeriod?: { Start?: number; End?: number } };

const target = /^AWSBudgetServiceGateway\.DescribeBudgets?$/;

/** Whether the answer to a call contains the spend of budgets. */
export const showsSpend = (asked: string | undefined) => asked !== undefined && target.test(asked);

/**
 * An answer of DescribeBudget or DescribeBudgets with the metered usage as CalculatedSpend: MiniStack's is always 0.
 */
export function withSpend(emulator: Pick<Emulator, "usage" | "clock">, answer: Buffer): Buffer {
    const { Budget, Budgets, ...rest } = JSON.parse(answer.toString("utf8")) as {
        Budget?: WireBudget;
        Budgets?: WireBudget[];
    };
    const spent = (budget: WireBudget): WireBudget => {
        const now = emulator.clock.now();
        const { TimePeriod: { Start, End } = {}, ...others } = budget;
        const TimePeriod = {
            ...(Start !== undefined && { Start: new Date(Start * 1000) }),
            ...(End !== undefined && { End: new Date(End * 1000) }),
        };
        const scope = scopeOf({ ...others, TimePeriod }, now);
        if ("because" in scope) return budget;
        const { actual, forecast } = monthSpend(emulator.usage, now, scope.start, scope.holds);
        const usd = (amount: number) => ({ Amount: amount.toFixed(3), Unit: "USD" });
        return { ...budget, CalculatedSpend: { ActualSpend: usd(actual), ForecastedSpend: usd(forecast) } };
    };
    return Buffer.from(
        JSON.stringify({
            ...rest,
            ...(Budget && { Budget: spent(Budget) }),
            ...(Budgets && { Budgets: Budgets.map(spent) }),
        }),
    );
}
