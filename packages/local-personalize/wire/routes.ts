import type { ServiceName } from "../contract.ts";

const restOperations: Record<string, { service: ServiceName; operation: string }> = {
    "/recommendations": { service: "personalize-runtime", operation: "GetRecommendations" },
    "/personalize-ranking": { service: "personalize-runtime", operation: "GetPersonalizedRanking" },
    "/action-recommendations": { service: "personalize-runtime", operation: "GetActionRecommendations" },
    "/events": { service: "personalize-events", operation: "PutEvents" },
    "/items": { service: "personalize-events", operation: "PutItems" },
    "/users": { service: "personalize-events", operation: "PutUsers" },
    "/actions": { service: "personalize-events", operation: "PutActions" },
    "/action-interactions": { service: "personalize-events", operation: "PutActionInteractions" },
};

/**
 * Which Personalize call an HTTP request is: by its `X-Amz-Target` (`AmazonPersonalize.<Operation>`), else by the REST
 * path of the runtime and events services. `path` is without its query. Undefined when it is none.
 */
export function operationOf(
    method: string,
    path: string,
    target: string | undefined,
): { service: ServiceName; operation: string } | undefined {
    if (method !== "POST") return undefined;
    const control = target?.match(/^AmazonPersonalize\.(\w+)$/);
    if (control?.[1]) return { service: "personalize", operation: control[1] };
    return target === undefined ? restOperations[path] : undefined;
}
