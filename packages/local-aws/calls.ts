interface Command<In, Out, Config> {
    readonly input: In;
    resolveMiddleware(stack: never, config: Config, options: never): (args: never) => Promise<{ readonly output: Out }>;
}
interface Client<In, Out, Config> {
    readonly config: Config;
    send<I extends In, O extends Out>(command: Command<I, O, Config>): Promise<O>;
}

/**
 * Returns a function that sends a client's commands. The compiler does not check the inputs, because tables generate
 * them; AWS validates them.
 */
export function createSender<In, Out, Config>(client: Client<In, Out, Config>) {
    return <I extends In, O extends Out>(Call: new (input: I) => Command<I, O, Config>) =>
        (input: object): Promise<O> =>
            client.send(new Call(input as I));
}

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
