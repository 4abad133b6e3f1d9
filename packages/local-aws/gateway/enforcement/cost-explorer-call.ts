import type { NamedCall } from "./directory.ts";

/** A call of Cost Explorer, named as in IAM: its actions have no resources (Service Authorization Reference). */
export const nameOfCostExplorerCall = (operation: string): NamedCall => ({
    service: "ce",
    checks: [{ action: `ce:${operation}`, resource: "*", context: {}, policy: null }],
});
