/**
 * Service quotas of resources, by the names of the option `--quota` (Developer Guide, "Amazon Personalize endpoints and
 * quotas"): how many may exist in a region or dataset group, or may be PENDING or IN_PROGRESS at a time.
 */
export const defaultQuotas = {
    schema: 500,
    "dataset-group": 5,
    solution: 10,
    campaign: 5,
    filter: 30,
    recommender: 5,
    "solution-versions-in-progress": 20,
    /** Jobs of each kind. */
    "jobs-in-progress": 5,
};

export type Quota = keyof typeof defaultQuotas;
export type Quotas = Readonly<Record<Quota, number>>;
