import { busyHosts, describeHealthyHosts } from './healthy_hosts.js';

// All of them: test/nightly.
describeHealthyHosts(busyHosts.slice(0, 1));
