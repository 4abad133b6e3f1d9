import { Agent, request } from "node:http";
import { signedHeaders } from "../../../packages/local-aws/test/signed.ts";
import { region, type TestAws } from "../../support/local-aws.ts";

/** Requests at a time; more does not make one process any faster. */
const atOnce = 24;
/** A signature holds for a while (5 minutes here): the same request is sent again and again until then. */
const freshFor = 60_000;

/** Asks a campaign for recommendations so many times, as fast as it answers, or until `enough` says so; answers how often it did. */
export async function ask(
    { instance }: TestAws,
    campaignArn: string,
    count: number,
    enough: () => boolean = () => false,
): Promise<number> {
    const url = new URL(`http://127.0.0.1:${instance.port}/recommendations`);
    const body = JSON.stringify({ campaignArn, userId: "22", numResults: 1 });
    const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
    let headers = {};
    let signedAt = Number.NEGATIVE_INFINITY;
    let left = count;
    let answered = 0;
    const one = () =>
        new Promise<void>((resolve, reject) => {
            if (performance.now() - signedAt > freshFor) {
                headers = {
                    ...signedHeaders("POST", url, body, region, "personalize"),
                    "content-type": "application/json",
                };
                signedAt = performance.now();
            }
            request(url, { method: "POST", agent, headers }, (response) => {
                answered += response.statusCode === 200 ? 1 : 0;
                response.resume().on("end", resolve).on("error", reject);
            })
                .on("error", reject)
                .end(body);
        });
    const worker = async () => {
        for (; left > 0 && !enough(); ) {
            left -= 1;
            await one();
        }
    };
    try {
        await Promise.all(Array.from({ length: atOnce }, worker));
    } finally {
        agent.destroy();
    }
    return answered;
}
