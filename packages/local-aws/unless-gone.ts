/** `undefined` where one of the named errors says that the thing is not there. */
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
