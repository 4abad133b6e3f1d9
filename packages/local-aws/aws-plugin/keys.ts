/** `value` with all keys in AWS's spelling: `maximumRetryAttempts` becomes `MaximumRetryAttempts`. */
export const awsKeys = (value: unknown): unknown => renamed(value, (key) => key.charAt(0).toUpperCase() + key.slice(1));

/** `value` with all keys in Pulumi's spelling: `MaximumRetryAttempts` becomes `maximumRetryAttempts`. */
export const pulumiKeys = (value: unknown): unknown =>
    renamed(value, (key) => key.charAt(0).toLowerCase() + key.slice(1));

function renamed(value: unknown, rename: (key: string) => string): unknown {
    if (Array.isArray(value)) {
        return value.map((element) => renamed(element, rename));
    }
    if (value === null || typeof value !== "object") {
        return value;
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [rename(key), renamed(inner, rename)]));
}
