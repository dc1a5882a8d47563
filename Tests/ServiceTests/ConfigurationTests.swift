import Reconciler
import ProvisioningModel
import ProvisioningRules
import Service
import SynchronizationJob
import Testing

@Suite struct ConfigurationTests {
  private static let complete = """
    directory:
      tenantId: 11111111-1111-1111-1111-111111111111
      clientId: 22222222-2222-2222-2222-222222222222
      clientSecretFile: /run/secrets/client-secret
      application: {appId: 33333333-3333-3333-3333-333333333333}
    xmatters:
      url: https://acme.xmatters.com/
      username: rollcall
      passwordFile: /run/secrets/password

    """

  private func load(_ extra: String = "", environment: [String: String] = [:]) throws -> Settings {
    try SettingsLoader.load(yaml: Self.complete + extra, file: "test.yaml", environment: environment).settings
  }

  private func problems(_ yaml: String, environment: [String: String] = [:]) -> [ConfigurationProblem] {
    do throws(InvalidConfiguration) {
      _ = try SettingsLoader.load(yaml: yaml, file: "test.yaml", environment: environment)
      return []
    } catch {
      return error.problems
    }
  }

  @Test("unless they are given, workers are enough to keep all requests to xMatters busy")
  func workers() throws {
    func workers(_ environment: [String: String]) throws -> Int { try load(environment: environment).queue.workers }
    let requests = "ROLLCALL_XMATTERS_MAX_CONCURRENT_REQUESTS"
    #expect(try workers([requests: "1"]) == 8)
    #expect(try workers([requests: "50"]) == 80)
    #expect(try workers([requests: "500"]) == 256)
    #expect(try workers([requests: "50", "ROLLCALL_QUEUE_WORKERS": "3"]) == 3)
  }

  @Test("what is left out has the documented defaults")
  func defaults() throws {
    let settings = try load()
    #expect(
      settings.listener.port == 8080 && settings.listener.managementPort == 8081
        && settings.listener.maxBodyBytes == 4_194_304)
    #expect(settings.queue.workers == 8 && settings.queue.coalesce == .milliseconds(250))
    #expect(
      settings.schedule
        == CycleSchedule(interval: .seconds(1200), fullInterval: .seconds(86_400), pulse: .seconds(60)))
    #expect(settings.policy.deprovisioning == Deprovisioning() && settings.policy.mapping.mappings.count == 10)
    #expect(
      settings.directory.graphURL == "https://graph.microsoft.com"
        && settings.xmatters.url == "https://acme.xmatters.com")
    #expect(settings.logRetention == .seconds(30 * 86_400) && settings.statePath == "rollcall.sqlite")
  }

  @Test("a section given in part keeps its other defaults; the environment wins over the file")
  func overrides() throws {
    let settings = try load(
      "queue: {workers: 3}\nlogs: {level: debug}\n",
      environment: [
        "ROLLCALL_QUEUE_WORKERS": "5", "ROLLCALL_XMATTERS_MAX_CONCURRENT_REQUESTS": "9",
        "ROLLCALL_QUEUE_RETRY_MAX": "1m30s", "ROLLCALL_XMATTERS_PASSWORD": "from the environment",
      ])
    #expect(
      settings.queue.workers == 5 && settings.queue.capacity == 100_000 && settings.queue.retryMax == .seconds(90))
    #expect(settings.xmatters.maxConcurrentRequests == 9 && settings.logLevel == .debug)
    #expect(settings.xmatters.password == .value("from the environment"))
  }

  @Test("groups are provisioned only when asked for, as broadcast groups by their display name")
  func groups() throws {
    #expect(try load().policy.groups == nil)
    let policy = try load("mappings: {groups: {enabled: true}}\n").policy.groups
    #expect(policy?.kind == .broadcast && policy?.attributeNames == ["displayName"])
    #expect(policy?.description == nil && policy?.isExact == false)
    let other = try load(
      "mappings: {groups: {enabled: true, type: ON_CALL, description: \"[description]\", exactMembership: true}}\n",
      environment: ["ROLLCALL_MAPPINGS_GROUPS_NAME": "[mailNickname]"])
    #expect(other.policy.groups?.attributeNames == ["mailNickname", "description"])
    #expect(other.policy.groups?.kind == .onCall && other.policy.groups?.isExact == true)
    #expect(other.policy.fingerprint != (try load().policy.fingerprint))
  }

  @Test("all mistakes come at once, each with its key and line")
  func manyMistakes() {
    let found = problems(
      Self.complete + """
        queue: {workers: none, capasity: 5}
        schedule:
          interval: 20 minutes
        deprovisioning: {onUnassign: destroy}
        listener: {publicUrl: https://x.example}
        """)
    #expect(
      found.map(\.key) == [
        "listener.clientStateFile", "queue.capasity", "queue.workers", "schedule.interval", "deprovisioning.onUnassign",
      ])
    #expect(found.first { $0.key == "schedule.interval" }?.line == 12)
    #expect(found.first { $0.key == "queue.capasity" }?.message.contains("did you mean 'capacity'") == true)
  }

  @Test("an empty file says everything that is required")
  func empty() {
    let keys = Set(problems("").map(\.key))
    #expect(
      keys.isSuperset(of: [
        "directory.tenantId", "directory.clientId", "directory.clientSecretFile", "directory.application.appId",
        "xmatters.url", "xmatters.username", "xmatters.passwordFile",
      ]))
  }

  @Test(
    "each of these is an error at its key",
    arguments: [
      ("directory:\n  certificateFile: x\n", "directory.certificateFile"),
      ("directory:\n  application: {servicePrincipalId: x}\n", "directory.application.servicePrincipalId"),
      ("xmatters:\n  url: http://acme.xmatters.com\n", "xmatters.url"),
      ("directory:\n  graphUrl: http://10.0.0.1:80\n", "directory.graphUrl"),
      ("directory:\n  authorityUrl: graph\n", "directory.authorityUrl"),
      ("mappings: {users: [{target: targetNam, source: \"[x]\", matching: 1}]}\n", "mappings.users[0].target"),
      ("mappings: {users: [{target: targetName, source: \"Nope([x])\", matching: 1}]}\n", "mappings.users[0].source"),
      ("mappings: {users: [{target: firstName, source: \"[x]\", matching: 1}]}\n", "mappings.users[0].matching"),
      ("mappings: {users: [{target: targetName, source: \"[x]\", matchin: 1}]}\n", "mappings.users[0].matchin"),
      ("mappings: {users: [{target: targetName, source: \"[x]\"}]}\n", "mappings.users"),
      ("mappings: {groups: {typ: BROADCAST}}\n", "mappings.groups.typ"),
      ("mappings: {groups: {type: DYNAMIC}}\n", "mappings.groups.type"),
      ("mappings: {groups: {enabled: perhaps}}\n", "mappings.groups.enabled"),
      ("mappings: {groups: {name: \"Nope([x])\"}}\n", "mappings.groups.name"),
      ("mappings: {groups: {name: '\"everybody\"'}}\n", "mappings.groups.name"),
      ("mappings: {groups: {name: \"SelectUniqueValue([displayName])\"}}\n", "mappings.groups.name"),
      ("mappings: {groups: {description: \"[\"}}\n", "mappings.groups.description"),
      ("mappings: {groups: {exactMembership: 2}}\n", "mappings.groups.exactMembership"),
      ("schedule: {interval: 100ms}\n", "schedule.interval"), ("queue: [1, 2]\n", "queue"),
      ("xmatters:\n  maxConcurrentRequests: 0\n", "xmatters.maxConcurrentRequests"),
      ("xmatters:\n  externalKeyPrefix: \"\"\n", "xmatters.externalKeyPrefix"),
    ])
  func mistakes(addition: String, key: String) {
    var lines = Self.complete.split(separator: "\n").map(String.init)
    let added = addition.split(separator: "\n").map(String.init)
    if let section = added.first, let place = lines.firstIndex(of: section), added.count > 1 {
      let name = added[1].trimmingPrefix { $0 == " " }.prefix { $0 != ":" }
      lines.removeAll { $0.trimmingPrefix { $0 == " " }.hasPrefix(name + ":") && name != "application" }
      lines.insert(contentsOf: added.dropFirst(), at: place + 1)
    } else {
      lines += added
    }
    let yaml = lines.joined(separator: "\n").replacing(
      "  application: {servicePrincipalId: x}", with: "  application: {servicePrincipalId: x, appId: y}"
    ).replacing(
      "  application: {appId: 33333333-3333-3333-3333-333333333333}",
      with: addition.contains("servicePrincipalId") ? "" : "  application: {appId: a}")
    #expect(problems(yaml).map(\.key).contains(key), "\(problems(yaml)) in\n\(yaml)")
  }

  @Test("text that is no YAML is one error with its line")
  func noYAML() {
    let found = problems("a: [1, 2\nb: 3")
    #expect(found.first?.key == "(file)" && found.first?.line != nil)
  }

  @Test("the effective configuration shows every default and no secret")
  func effective() throws {
    let loaded = try SettingsLoader.load(
      yaml: Self.complete, file: "t", environment: ["ROLLCALL_XMATTERS_PASSWORD": "top-secret"])
    #expect(loaded.effectiveYAML.contains("coalesce: 250ms") && !loaded.effectiveYAML.contains("top-secret"))
    #expect(loaded.effectiveYAML.contains("passwordFile: /run/secrets/password"))
  }

  @Test(
    "durations are read as Go and Kubernetes write them",
    arguments: [
      ("500ms", Duration.milliseconds(500)), ("20m", .seconds(1200)), ("1h30m", .seconds(5400)),
      ("28d", .seconds(28 * 86_400)),
      ("0", .zero), ("1.5s", .milliseconds(1500)), ("20", nil), ("m", nil), ("", nil), ("-5s", nil), ("5 s", nil),
      ("5y", nil),
    ])
  func durations(text: String, expected: Duration?) {
    #expect(DurationText.parse(text) == expected)
    if let expected, text != "0" { #expect(DurationText.parse(DurationText.describe(expected)) == expected) }
  }

  @Test("the nearest name is found, and nothing far away")
  func nearest() {
    #expect(NearestName.of("wokers", among: ["workers", "capacity"]) == "workers")
    #expect(NearestName.of("zebra", among: ["workers", "capacity"]) == nil)
  }
}
