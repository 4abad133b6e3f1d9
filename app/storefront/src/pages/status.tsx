import type { ComponentChildren } from "preact";
import { category, done, noun, person } from "../data-words.ts";
import { useAnswer } from "../hooks.ts";
import { Trouble } from "../parts/announcer.tsx";
import { Fact } from "../parts/facts.tsx";
import { Bar } from "../parts/icons.tsx";
import { answersBySource } from "../visit.ts";
import { ago, type Health, milliseconds, monthName, type Source, sourceWords, usd } from "../words.ts";

const stateWords: Readonly<Record<Health["campaign"]["state"], readonly [title: string, words: string]>> = {
    serving: ["Serving", "The API calls the campaign; lists are personal."],
    resting: [
        "Resting",
        "The campaign failed too often. The API calls it again in a few seconds and answers with cached lists.",
    ],
    away: ["Away", "There is no campaign. The API answers with cached, precomputed and popular lists."],
    batch: ["Batch", "Batch inference jobs make the lists. There is no campaign, so nothing is billed by the hour."],
};

/** Renders the status of the stack, and its cost for a signed-in viewer or the owner. */
export function Status() {
    const { answered, error, loading, again } = useAnswer<Health>("health");
    const health = answered?.value;
    return (
        <div class="status" aria-busy={loading}>
            <header class="page-head">
                <h1>Status</h1>
                <p class="lead soft">
                    {health?.stack ?? "This stack"}
                    {health?.region && ` in ${health.region}`}
                    {answered && `, asked in ${milliseconds(answered.ms)}`}
                </p>
                <button type="button" class="button" onClick={again} disabled={loading}>
                    Refresh
                </button>
            </header>
            {error !== undefined && <Trouble error={error} onAgain={again} />}
            {health === undefined && error === undefined && (
                <div class="panels" aria-hidden="true">
                    {[0, 1].map((place) => (
                        <span key={place} class="panel edged blank" />
                    ))}
                </div>
            )}
            {health && <Panels health={health} />}
        </div>
    );
}

function Panels({ health: { campaign, cost, notification, tables } }: { health: Health }) {
    const [title, words] = stateWords[campaign.state];
    const version = campaign.solutionVersionArn?.split("/").at(-1);
    return (
        <>
            {notification && (
                <section class="guard" aria-labelledby="guard-title">
                    <h2 id="guard-title">Cost guard</h2>
                    <p>{notification.text}</p>
                    <p class="hint">
                        {notification.kind}, {ago(notification.at)}
                    </p>
                </section>
            )}
            <div class="panels">
                <Panel id="campaign" title="Campaign">
                    <p class={`figure state line state-${campaign.state}`}>{title}</p>
                    <p class="hint">{words}</p>
                    {campaign.status !== undefined && (
                        <dl class="facts text">
                            <Fact name="Status in Personalize">{campaign.status}</Fact>
                            <Fact name="Solution version" title={campaign.solutionVersionArn}>
                                {version}
                            </Fact>
                            <Fact name="NDCG at 10" title="normalized_discounted_cumulative_gain_at_10">
                                {campaign.ndcgAt10?.toFixed(4)}
                            </Fact>
                            <Fact name="Throughput">
                                {campaign.minProvisionedTPS && `at least ${campaign.minProvisionedTPS} a second`}
                            </Fact>
                            <Fact name="Checked">{campaign.checkedAt && ago(campaign.checkedAt)}</Fact>
                        </dl>
                    )}
                </Panel>
                {cost && <Cost cost={cost} away={campaign.state === "away"} />}
                {tables && <Tables tables={tables} />}
                <Visit />
            </div>
            {cost === undefined && (
                <p class="owner soft">
                    Only a signed-in {person.one} and the owner see version, throughput and cost. The owner runs{" "}
                    <code>npm run watch-status</code> and <code>npm run cost-report</code>.
                </p>
            )}
            <Chain state={campaign.state} />
        </>
    );
}

type CostOfStack = NonNullable<Health["cost"]>;

const Cost = ({ cost, away }: { cost: CostOfStack; away: boolean }) => (
    <Panel id="cost" title="Cost">
        <p class="figure">
            {usd(cost.campaignUsdPerHour)} <small class="soft">an hour</small>
        </p>
        <p class="hint">
            {away ? "The campaign costs nothing while it is away." : "Cost of the campaign while it exists."} Amounts
            are estimates (US prices, unverified).
        </p>
        <Spend cost={cost} />
    </Panel>
);

const Tables = ({ tables }: { tables: NonNullable<Health["tables"]> }) => (
    <Panel id="tables" title="Tables">
        <p class="figure">
            {tables.items.toLocaleString("en")} <small class="soft">{noun.many}</small>
        </p>
        <p class="hint">Popular, trending and similar {noun.many}: always available, without cost.</p>
        <dl class="facts text">
            <Fact name={category.Many}>{tables.genres && String(tables.genres.length)}</Fact>
            <Fact name="Made from" title={tables.interactionsSha256}>
                {tables.interactionsSha256.slice(0, 12)}
            </Fact>
        </dl>
    </Panel>
);

const ofCampaign: readonly (readonly [Source, string])[] = [
    ["campaign", "The campaign, live"],
    ["cache", "Cached campaign answer"],
    ["precomputed", "Precomputed list"],
];
const ofBatch: typeof ofCampaign = [["batch", "List of the batch job"]];
const ofTables: typeof ofCampaign = [
    ["similar", `Like what was ${done}`],
    ["popular", `Popular ${noun.many}`],
];

/** Renders the sources of lists in the order in which the API tries them: if one cannot answer, the next one does. */
const Chain = ({ state }: { state: Health["campaign"]["state"] }) => (
    <section class="chain" aria-labelledby="chain-title">
        <h2 id="chain-title">There is always an answer</h2>
        <ol class="wrap">
            {[...(state === "batch" ? ofBatch : ofCampaign), ...ofTables].map(([source, words]) => {
                const out = source === "campaign" && state !== "serving";
                return (
                    <li key={source} class={`source source-${source} line text`} data-out={out}>
                        {words}
                        {out && <span class="unseen">, not just now</span>}
                    </li>
                );
            })}
        </ol>
    </section>
);

const Panel = ({ id, title, children }: { id: string; title: string; children: ComponentChildren }) => (
    <section class="panel edged" aria-labelledby={`${id}-title`}>
        <h2 id={`${id}-title`} class="soft">
            {title}
        </h2>
        {children}
    </section>
);

/** Renders the month's spend, as the cost guard counts it, and the limit at which the cost guard parks the campaign. */
function Spend({ cost: { spend, monthlyLimitUsd: limit, limitIsSet, estimatedUsdPerMonth } }: { cost: CostOfStack }) {
    const which = limitIsSet === false ? "the limit of the estimate plus 25 %, because none is set" : "the limit";
    if (spend === undefined) {
        return (
            <p class="hint">
                Estimate: {usd(estimatedUsdPerMonth)} a month, of {usd(limit)}, {which}. The cost guard has not counted
                the month's spend yet.
            </p>
        );
    }
    const part = limit > 0 ? Math.min(1, spend.usd / limit) : 0;
    return (
        <div class={`limit ${part > 0.8 ? "limit-near" : ""}`}>
            <p>
                <strong>{usd(spend.usd)}</strong> spent in {monthName(spend.month)}, of {usd(limit)}, {which}
            </p>
            <p class="hint">
                Counted {ago(spend.countedAt)}. Estimate for a whole month: {usd(estimatedUsdPerMonth)}.
            </p>
            <Bar part={part} label={`${Math.round(part * 100)} percent of the monthly limit`} />
        </div>
    );
}

/**
 * Renders the number of answers by source in this visit, with their median time. Renders nothing before the first list.
 */
function Visit() {
    const answers = answersBySource();
    if (answers.length === 0) return null;
    return (
        <Panel id="visit" title="This visit">
            <table class="visit text">
                <caption class="unseen">Lists by source</caption>
                <thead class="soft fine">
                    <tr>
                        <th scope="col">From</th>
                        <th scope="col">Lists</th>
                        <th scope="col">Median</th>
                    </tr>
                </thead>
                <tbody>
                    {answers.map(({ source, count, medianMs }) => (
                        <tr key={source}>
                            <th scope="row">{sourceWords[source as Source]?.badge ?? source}</th>
                            <td>{count}</td>
                            <td>{milliseconds(medianMs)}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </Panel>
    );
}
