import JSON
import Logging
import ProvisioningModel
import Service
import Simulators
import Synchronization

/// The demonstration: a story in the directory, and what becomes of it in xMatters.
enum Demo {
  private static let assigned = 5

  /// - Returns: Whether every act of the story ended as it should.
  static func run(keepsRunning: Bool, until interrupted: @escaping @Sendable () async -> Void) async throws -> Bool {
    print(
      "Rollcall \(Version.text): a simulated Microsoft Graph, a simulated xMatters and the service, all on loopback.\n")
    let users = keepsRunning ? DemoCompany.users : DemoCompany.storyUsers
    let world = try await SimulatedWorld.start(users: users, assigned: assigned)
    let folder = try TemporaryFolder()
    let stage = Stage(world)
    // Everything comes quickly here: the lost notification of the story is not waited for for twenty minutes, nor the second look that
    // confirms a leaving for ten seconds.
    let yaml =
      world.configuration(statePath: folder.path + "/demo.sqlite", listenerPort: 0) + "schedule: {interval: 4s}\n"
        + """
        console: {publicUrl: "http://127.0.0.1:0", signIn: {entra: true}}
        protection:
          confirmation: {leave: 1s, absence: 2s}
          removals: {count: 2, percent: 100, minimum: 2}
          quarantine: {probeInitial: 2s, probeMax: 5s}

        """ + DemoCompany.configuration
    let token = DemoToken.make()
    let port = try FreePort.find()
    let loaded = try SettingsLoader.load(
      yaml: yaml.replacing("port: 0", with: "port: \(port)").replacing("127.0.0.1:0", with: "127.0.0.1:\(port)"),
      file: "demo",
      environment: SimulatedWorld.environment.merging(["ROLLCALL_LISTENER_ADMIN_TOKEN": token]) { own, _ in own })
    let assembly = try Assembly(loaded.settings, logger: Loggers.make(loaded.settings, level: .error))
    let service = try RollcallService(assembly)
    let outcome = Mutex(false)
    try await service.run(until: {
      let succeeded = await stage.play(service)
      outcome.withLock { $0 = succeeded }
      if keepsRunning {
        let company = DemoCompany(world: world)
        await company.moveIn(service)
        let days = Task { await company.goOn() }
        defer { days.cancel() }
        print("\nStill running; interrupt to end.")
        print("  console   http://127.0.0.1:\(port)/console/")
        print("  token     \(token)")
        print("  service   http://127.0.0.1:\(port)/readyz?verbose  /metrics  /openapi.yaml")
        print("  Graph     \(world.graphServer.url)/simulator/tenant")
        print("  xMatters  \(world.xmattersServer.url)/simulator/people")
        StandardOutput.flush()
        await interrupted()
      }
    })
    await world.stop()
    folder.remove()
    return outcome.withLock { $0 }
  }
}

/// Plays the acts and watches what reaches xMatters.
private final class Stage: Sendable {
  private struct Condition {
    var changes: [(text: String, time: ContinuousClock.Instant)] = []
    var shown = 0
  }

  private let world: SimulatedWorld
  private let condition = Mutex(Condition())

  init(_ world: SimulatedWorld) {
    self.world = world
    world.xmatters.observe { [weak self] change in self?.note(change) }
  }

  private func note(_ change: Instance.Change) {
    condition.withLock { $0.changes.append((Self.describe(change), .now)) }
  }

  func play(_ service: RollcallService) async -> Bool {
    let graph = world.graph
    let role = graph.tenant.roles[0].id
    let users = graph.tenant.userOrder
    var acts: [Act] = []
    acts.append(
      await act("The service starts: everybody who is assigned is provisioned (initial cycle)") {
      } until: {
        service.lastCycle != nil && self.world.graph.subscriptionCount == 2
          && users.prefix(5).allSatisfy { self.person($0)?.status == "ACTIVE" && self.person($0)?.devices.count == 2 }
      })
    let hired = graph.tenant.users[users[5]]
    acts.append(
      await act("Hired: \(Self.name(hired)) is assigned to the application") {
        graph.changeAssignment(of: users[5]) { _ = $0.assign(users[5], role: role) }
      } until: {
        self.person(users[5])?.devices.count == 2
      })
    acts.append(
      await act("Renamed: surname and sign-in name of \(Self.name(graph.tenant.users[users[0]])) change") {
        graph.change {
          $0.updateUser(users[0], ["surname": "Okonkwo", "userPrincipalName": "ada.okonkwo.0@contoso.example"])
        }
      } until: {
        self.person(users[0])?.targetName == "ada.okonkwo.0@contoso.example"
      })
    acts.append(
      await act("New phone: the mobile number of \(Self.name(graph.tenant.users[users[1]])) changes") {
        graph.change { $0.updateUser(users[1], ["mobilePhone": "+44 20 7946 0123"]) }
      } until: {
        self.device("Mobile Phone", of: users[1]) == "+442079460123"
      })
    let assignment = graph.tenant.assignments.first { $0.principal == users[2] }?.id ?? ""
    acts.append(
      await act("Unassigned: \(Self.name(graph.tenant.users[users[2]])) leaves the application") {
        graph.changeAssignment(of: users[2]) { _ = $0.unassign(assignment) }
      } until: {
        self.person(users[2])?.status == "INACTIVE"
      })
    acts.append(
      await act("Rehired: the same person is assigned again") {
        graph.changeAssignment(of: users[2]) { _ = $0.assign(users[2], role: role) }
      } until: {
        self.person(users[2])?.status == "ACTIVE"
      })
    acts.append(
      await act("Left: \(Self.name(graph.tenant.users[users[3]])) is deleted in the directory") {
        graph.change { $0.softDelete(users[3]) }
      } until: {
        self.person(users[3])?.status == "INACTIVE"
      })
    acts.append(
      await act(
        "A lost notification: a first name changes and Graph sends no word; the next cycle finds it"
      ) {
        graph.losesNotifications = true
        graph.change { $0.updateUser(users[4], ["givenName": "Edwina"]) }
        graph.losesNotifications = false
      } until: {
        self.person(users[4])?.fields["firstName"]?.string == "Edwina"
      })
    return summarize(acts)
  }

  // MARK: Acts

  private struct Act {
    var title: String
    var took: Duration?
  }

  private func act(
    _ title: String, _ body: () -> Void, until isDone: @escaping () -> Bool
  ) async -> Act {
    print("● \(title)")
    StandardOutput.flush()
    let began = ContinuousClock.now
    body()
    while !isDone(), began.duration(to: .now) < .seconds(30) {
      try? await Task.sleep(for: .milliseconds(10))
      show(since: began)
    }
    show(since: began)
    let took = isDone() ? began.duration(to: .now) : nil
    print(took.map { "  done after \(Self.milliseconds($0))\n" } ?? "  NOT DONE within 30 s\n")
    return Act(title: title, took: took)
  }

  private func show(since began: ContinuousClock.Instant) {
    let new = condition.withLock { condition in
      defer { condition.shown = condition.changes.count }
      return condition.changes.dropFirst(condition.shown)
    }
    for change in new {
      print("  xMatters: \(change.text.printable)  (+\(Self.milliseconds(began.duration(to: change.time))))")
    }
  }

  private func summarize(_ acts: [Act]) -> Bool {
    print("Summary")
    for act in acts {
      let time = act.took.map(Self.milliseconds) ?? "failed"
      print("  \(String(repeating: " ", count: max(0, 9 - time.count)))\(time)  \(act.title.prefix(90))")
    }
    let failed = acts.count { $0.took == nil }
    print(failed == 0 ? "\nBoth sides agree." : "\n\(failed) of \(acts.count) acts did not end as they should.")
    return failed == 0
  }

  // MARK: What is in xMatters

  private func person(_ user: String) -> Instance.Person? {
    world.xmatters.instance.person(externalKey: "entra:\(user)")
  }

  private func device(_ name: String, of user: String) -> String? {
    let instance = world.xmatters.instance
    return instance.person(externalKey: "entra:\(user)").flatMap { person in
      instance.devices(of: person).first { $0.name == name }?.address
    }
  }

  private static func name(_ user: Tenant.User?) -> String {
    user?.properties["displayName"]?.string ?? "a user"
  }

  private static func milliseconds(_ duration: Duration) -> String {
    "\(Int((duration.inSeconds * 1000).rounded())) ms"
  }

  private static func describe(_ change: Instance.Change) -> String {
    switch change {
    case .created(let person): return "created \(person.targetName)"
    case .deleted(let person): return "deleted \(person.targetName)"
    case .device(let owner, let name, let address):
      return "\(name) of \(owner.targetName): \(address ?? "removed")"
    case .modified(let before, let after):
      let changed = after.fields.filter { before.fields[$0.key] != $0.value }.sorted { $0.key < $1.key }
      let texts = changed.map { "\($0.key) \(before.fields[$0.key]?.string ?? "-") -> \($0.value.string ?? "")" }
      return "modified \(before.targetName): \(texts.joined(separator: ", "))"
    case .group(let group, .created): return "created group \(group.name)"
    case .group(let group, .modified): return "modified group \(group.name)"
    case .group(let group, .deleted): return "deleted group \(group.name)"
    case .group(let group, .added(let member)): return "group \(group.name): \(member) added"
    case .group(let group, .removed(let member)): return "group \(group.name): \(member) removed"
    }
  }
}
