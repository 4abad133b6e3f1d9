/**
 * Returns the call's result, or `undefined` if the call fails with one of these errors, which mean that the resource
 * does not exist.
 */
export async function unlessGone<T>(call: Promise<T>, ...names: string[]): Promise<T | undefined> {
    try {
        return await call;
    } catch (error) {
        if (error instanceof Error && names.includes(error.name)) {
            return undefined;
        }
        throw error;
    }
}
