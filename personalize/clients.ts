import { PersonalizeClient } from "@aws-sdk/client-personalize";

/** `once` sends each call one time only: for calls that must not be repeated before somebody has looked. */
export type ClientOf = (region: string, tries?: "once") => PersonalizeClient;

/** One client for each region and way of trying, made when it is first asked for. */
export function personalizeClients(): ClientOf {
    const clients = new Map<string, PersonalizeClient>();
    return (region, tries) => {
        const key = `${region} ${tries}`;
        const client = clients.get(key) ?? new PersonalizeClient({ region, maxAttempts: tries === "once" ? 1 : 8 });
        clients.set(key, client);
        return client;
    };
}
