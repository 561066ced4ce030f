import { describeChangedRules } from './changed_rules.js';

// A sample that takes seconds; test/nightly has all files.
describeChangedRules(['across_scenarios', 'crash_loop']);
