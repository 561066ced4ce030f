import { busyHosts, describeHealthyHosts } from '../e2e/alerts/healthy_hosts.js';

describeHealthyHosts(busyHosts);
