/** When a budget tells: above so many percent of its limit of what was spent, or of what AWS forecasts for the month. */
export const budgetThresholds = [
    { type: "ACTUAL", percent: 50 },
    { type: "ACTUAL", percent: 80 },
    { type: "ACTUAL", percent: 100 },
    { type: "FORECASTED", percent: 100 },
] as const;
