/** One client for each region, made when it is first asked for. */
export function byRegion<C>(make: (region: string) => C): (region: string) => C {
    const clients = new Map<string, C>();
    return (region) => {
        const client = clients.get(region) ?? make(region);
        clients.set(region, client);
        return client;
    };
}
