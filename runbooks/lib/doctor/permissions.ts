import { IAMClient } from "@aws-sdk/client-iam";
import { fetchEntityArn, simulate } from "access-doctor";
import { isRoot, type RequestContext, toList } from "policy-evaluator";
import { hasName, oneLine } from "terminal-text";
import { bucketNameFor, type StackConfig } from "../../../core/config/config.ts";
import { type Grant, prefixActions } from "../../../core/iam/operator/scope.ts";
import { operatorGrants } from "../../../core/iam/operator.ts";
import { whoAmI } from "../stack/stack.ts";
import { type Check, ok, unknown, warn } from "./check.ts";

/** Number of missing actions that the check names. */
const named = 3;

/**
 * Simulates the actions of an operator that change something, and warns about those that IAM denies. A simulation knows
 * neither resource policies nor the values of all condition keys, so a denial is a warning.
 */
export const permissions: Check = async (config) => {
    const { arn, partition, accountId } = await whoAmI(config.region);
    if (isRoot(arn)) {
        return ok("not checked: IAM does not simulate the root user, whom only an organization's policies limit");
    }
    const bucketName = bucketNameFor(config, accountId);
    const grants = operatorGrants({ ...config, partition, accountId, bucketName }).filter(
        ({ policy, service }) => !policy.startsWith("read") && isUsed(service, config),
    );
    const iam = new IAMClient({ region: config.region });
    try {
        const entity = await fetchEntityArn(iam, arn);
        const services = [...Map.groupBy(grants, ({ service }) => service).values()];
        const results = (await Promise.all(services.map((some) => simulateGrants(iam, entity, some, config)))).flat();
        const byAction = Map.groupBy(results, ({ action }) => action);
        const denied = [...byAction].filter(([, some]) => some.every(({ decision }) => decision !== "allowed"));
        const what = "that `pulumi up` and the runbooks need";
        if (denied.length === 0) return ok(`IAM allows ${entity} all ${byAction.size} actions ${what}`);
        const missing = denied.filter(([, some]) => some.every((each) => each.missing.length === 0));
        if (missing.length === 0) {
            const keys = new Set(denied.flatMap(([, some]) => some.flatMap((each) => each.missing)));
            const depending = `${denied.length} of ${byAction.size} actions ${what} depend on ${[...keys].join(", ")}`;
            return unknown(`not checked: ${depending}, which IAM's simulator does not know`);
        }
        const first = missing.slice(0, named).map(([action]) => action);
        const more = missing.length > named ? ` and ${missing.length - named} more` : "";
        return warn(
            `IAM denies ${entity} ${missing.length} of ${byAction.size} actions ${what}: ${first.join(", ")}${more}`,
            "npm run pulumi -- --cwd components/operator up   # an administrator grants them: docs/access-operator.md",
        );
    } catch (error) {
        return unknown(`not checked: ${oneLine(error)}`);
    }
};

/** Returns false for a service of which the configured stack has no resources. */
function isUsed(service: string, { api, auditTrail, budget, storefront }: StackConfig): boolean {
    const optional: Readonly<Record<string, boolean>> = {
        apigateway: api,
        budgets: budget,
        cloudfront: storefront === "cloudfront",
        cloudtrail: auditTrail,
        dynamodb: api,
    };
    return optional[service] ?? true;
}

/** Simulates the grants of one service: each action on each resource, under the values that the conditions require. */
async function simulateGrants(iam: IAMClient, entity: string, grants: readonly Grant[], config: StackConfig) {
    const actions = [...new Set(grants.flatMap(prefixActions))];
    const resources = [...new Set(grants.flatMap(({ on }) => on))];
    const context = requiredContext(grants, config);
    const ask = (action: readonly string[]) => simulate(iam, entity, { action, resources, context });
    try {
        return await ask(actions);
    } catch (error) {
        // IAM refuses to simulate some actions together, because they "require different authorization information".
        if (!hasName(error, "InvalidInputException")) throw error;
        const results = [];
        for (const action of actions) results.push(...(await ask([action])));
        return results;
    }
}

/**
 * Returns the first value that the grants' conditions require for each condition key. `up` creates roles with the
 * boundary of the configuration, or without one.
 */
function requiredContext(grants: readonly Grant[], { region, permissionsBoundary }: StackConfig): RequestContext {
    const required = grants.flatMap(({ condition = {} }) =>
        Object.entries(condition).flatMap(([operator, block]) => (operator === "Null" ? [] : Object.entries(block))),
    );
    const values = required.map(([key, value]) => [key, String(toList(value)[0])] as const);
    const { "iam:PermissionsBoundary": _, ...context } = Object.fromEntries(values.toReversed());
    const boundary = permissionsBoundary && { "iam:PermissionsBoundary": permissionsBoundary };
    return { ...context, ...boundary, "aws:RequestedRegion": region };
}
