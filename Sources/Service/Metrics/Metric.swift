import ProvisioningModel

/// The metrics that dashboards and alerts may use (docs/metrics.md, "Metrics").
package enum Metric {
  private static let requestBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
  private static let latencyBounds = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60, 300, 1200]
  private static let cycleBounds = [0.5, 1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14_400]

  package static let notifications = MetricDefinition(
    "rollcall_notifications_total", .counter, labels: ["result"],
    "Notifications received: accepted, rejected (wrong client state, tenant or form), refused (queue full or draining), oversized (bodies of too many notifications or values)."
  )
  package static let depth = MetricDefinition(
    "rollcall_workqueue_depth", .gauge, "Objects in the queue that are not being processed.")
  package static let adds = MetricDefinition("rollcall_workqueue_adds_total", .counter, "Adds to the queue.")
  package static let retries = MetricDefinition(
    "rollcall_workqueue_retries_total", .counter, "Objects put back after a failure.")
  package static let queueDuration = MetricDefinition(
    "rollcall_workqueue_queue_duration_seconds", .histogram(latencyBounds),
    "Time from an add to the run that covers it.")
  package static let workDuration = MetricDefinition(
    "rollcall_workqueue_work_duration_seconds", .histogram(requestBounds), "Time that one run takes.")
  package static let unfinishedWork = MetricDefinition(
    "rollcall_workqueue_unfinished_work_seconds", .gauge, "Time that runs under way have taken so far, summed up.")
  package static let longestRunning = MetricDefinition(
    "rollcall_workqueue_longest_running_processor_seconds", .gauge, "Time that the longest run under way has taken.")
  package static let changeLatency = MetricDefinition(
    "rollcall_change_latency_seconds", .histogram(latencyBounds), labels: ["via"],
    "Time from the signal (notification, pulse or cycle) to its change in xMatters.")
  package static let actions = MetricDefinition(
    "rollcall_provisioning_actions_total", .counter, labels: ["action", "status"], "Entries of the provisioning log.")
  package static let bulkPeople = MetricDefinition(
    "rollcall_bulk_people_total", .counter, labels: ["result"],
    "New people handed to xMatters as rows of files: uploaded, and of these created, as a listing showed afterwards.")
  package static let cycleDuration = MetricDefinition(
    "rollcall_cycle_duration_seconds", .histogram(cycleBounds), labels: ["kind"], "Time that a cycle takes.")
  package static let lastAttempt = MetricDefinition(
    "rollcall_cycle_last_attempt_timestamp_seconds", .gauge, "When the last cycle began.")
  package static let lastSuccess = MetricDefinition(
    "rollcall_cycle_last_success_timestamp_seconds", .gauge, "When the last cycle that succeeded ended.")
  package static let requestDuration = MetricDefinition(
    "rollcall_upstream_request_duration_seconds", .histogram(requestBounds),
    labels: ["upstream", "method", "route", "status"],
    "Time of requests to Graph, its login service and xMatters; status is the phase of the failure when no answer came."
  )
  package static let throttled = MetricDefinition(
    "rollcall_upstream_throttled_total", .counter, labels: ["upstream"], "Answers that asked to slow down.")
  package static let removalsHeld = MetricDefinition(
    "rollcall_removals_held", .gauge, "Disables and deletes that wait for a person's decision.")
  package static let orphans = MetricDefinition(
    "rollcall_orphans", .gauge, "People and groups in xMatters with our key that the directory has never known.")
  package static let quarantined = MetricDefinition("rollcall_quarantined", .gauge, "1 while the job is in quarantine.")
  package static let driftFound = MetricDefinition(
    "rollcall_drift_found_total", .counter, "People that had been changed in xMatters behind Rollcall's back.")
  package static let subscriptionExpiration = MetricDefinition(
    "rollcall_subscription_expiration_timestamp_seconds", .gauge, labels: ["resource"],
    "When a Graph subscription ends.")
  package static let credentialExpiration = MetricDefinition(
    "rollcall_credential_expiration_timestamp_seconds", .gauge,
    "When the credential for Entra ID ends, where that can be told and a person has to replace it.")
  package static let silent = MetricDefinition(
    "rollcall_notifications_silent", .gauge,
    "1 while no notification arrives although cycles find changes; missing without subscriptions.")
  package static let mails = MetricDefinition(
    "rollcall_mails_total", .counter, labels: ["result"],
    "Mails to operators: sent, failed (each try), dropped (too many waited).")
  package static let adminRequests = MetricDefinition(
    "rollcall_admin_requests_total", .counter, labels: ["route", "status"],
    "Requests to the admin API and their answers.")
  package static let httpRequests = MetricDefinition(
    "rollcall_http_requests_total", .counter, labels: ["route", "status"], "Requests to the listener and their answers."
  )
  package static let httpDuration = MetricDefinition(
    "rollcall_http_request_duration_seconds", .histogram(requestBounds), labels: ["route"],
    "Time from a request's head to its answer.")
  package static let buildInfo = MetricDefinition(
    "rollcall_build_info", .gauge, labels: ["version"], "1, with the version.")
  package static let stateBytes = MetricDefinition(
    "rollcall_state_bytes", .gauge, "What the state file and its write-ahead log take on the disk.")
  package static let paused = MetricDefinition("rollcall_paused", .gauge, "1 while the job is paused.")
  package static let escrows = MetricDefinition("rollcall_escrows", .gauge, "Objects that keep failing.")
  package static let leader = MetricDefinition("rollcall_leader", .gauge, "1 while this process runs the job.")
  package static let residentMemory = MetricDefinition(
    "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.")
  package static let cpu = MetricDefinition(
    "process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.")
  package static let openDescriptors = MetricDefinition("process_open_fds", .gauge, "Number of open file descriptors.")
  package static let maxDescriptors = MetricDefinition(
    "process_max_fds", .gauge, "Maximum number of open file descriptors.")
  package static let threads = MetricDefinition("process_threads", .gauge, "Number of threads of the process.")
  package static let processStart = MetricDefinition(
    "process_start_time_seconds", .gauge, "Start time of the process since the Unix epoch in seconds.")

  /// With the label values that are known beforehand. Each begins with 0: `increase()` misses what a series begins with.
  static let counters: [(metric: MetricDefinition, series: [[String]])] = [
    (notifications, ["accepted", "rejected", "refused", "oversized"].map { [$0] }), (adds, [[]]), (retries, [[]]),
    (driftFound, [[]]), (throttled, ["login", "graph", "xmatters"].map { [$0] }),
    (mails, ["sent", "failed", "dropped"].map { [$0] }), (bulkPeople, ["uploaded", "created"].map { [$0] }),
    (
      actions,
      ProvisioningLogEntry.Action.allCases.flatMap { action in
        ProvisioningLogEntry.Status.allCases.map { [action.rawValue, $0.rawValue] }
      }
    ),
    (
      httpRequests,
      Route.all.flatMap { route in
        (AdminAPI.covers(route.path) ? [200, 401, 403, 503] : [200, 202, 400, 413, 503]).map { [route.path, "\($0)"] }
      }
    ),
    (
      adminRequests,
      Route.all.filter { AdminAPI.covers($0.path) }.flatMap { route in
        ["200", "204", "400", "401", "403", "503"].map { [route.path, $0] }
      }
    ),
  ]
}
