import { stems } from '../alerts/rule_files.js';
import { describeChangedRules } from '../e2e/alerts/changed_rules.js';

describeChangedRules(stems('alerts/tests', '.test.yaml'));
