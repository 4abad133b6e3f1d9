/**
 * Default service quotas, by the names of the option `--quota` (Developer Guide, "Amazon Personalize endpoints and
 * quotas"): the number of resources that may exist in a region or dataset group, or be PENDING or IN_PROGRESS at a
 * time.
 */
export const defaultQuotas = {
    schema: 500,
    "dataset-group": 5,
    solution: 10,
    campaign: 5,
    filter: 30,
    recommender: 5,
    "solution-versions-in-progress": 20,
    /** Maximum number of unfinished jobs of each job type. */
    "jobs-in-progress": 5,
};

export type Quota = keyof typeof defaultQuotas;
export type Quotas = Readonly<Record<Quota, number>>;
