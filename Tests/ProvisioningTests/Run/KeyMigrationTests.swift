import ProvisioningModel
import Reconciler
import TestSupport
import Testing

@Suite("Other external keys for linked people")
struct KeyMigrationTests {
  private let target = ModelTarget()
  private let state = MemoryState()

  private func key(_ prefix: String, _ number: Int) -> String { prefix + ObjectID.sample(number).rawValue }

  private func put(_ number: Int, key: String?) -> PersonID {
    let id = target.put([.targetName: .text("user\(number)")], externalKey: key)
    state.put(Link(objectID: .sample(number), personID: id))
    return id
  }

  private func identity(_ prefix: String) -> StateIdentity {
    StateIdentity(
      ConfiguredIdentity(tenant: "t", cloud: "public", host: "acme.xmatters.com", prefix: prefix),
      application: .sample(900)
    )
  }

  private func migrate(isDryRun: Bool = false) async throws -> KeyMigration.Report {
    try await KeyMigration(target: target, state: state, from: "entra:", to: "aad:").run(isDryRun: isDryRun)
  }

  @Test(
    "Given linked people and groups, a dry run counts, a run rewrites their keys and no others, and a second one has nothing to do"
  )
  func migration() async throws {
    try await state.setIdentity(identity("entra:"), forgettingTarget: false)
    let ours = put(1, key: key("entra:", 1))
    let done = put(2, key: key("aad:", 2))
    let others = [put(3, key: key("entra:", 9)), put(4, key: "hr:4"), put(5, key: nil)]
    let unlinked = target.put([.targetName: .text("user6")], externalKey: key("entra:", 6))
    state.put(Link(objectID: .sample(7), personID: PersonID("gone")))
    let group = target.putGroup("group", externalKey: key("entra:", 8))
    state.put(GroupLink(objectID: .sample(8), groupID: group))
    let before = target.people

    let rehearsed = try await migrate(isDryRun: true)
    #expect(
      rehearsed.rewritten == 2 && rehearsed.alreadyDone == 1 && rehearsed.leftAlone == 3 && rehearsed.missing == 1)
    #expect(target.people == before && state.storedIdentity == identity("entra:"))

    #expect(try await migrate() == rehearsed)
    #expect(target.person(known: ours)?.externalKey == key("aad:", 1))
    #expect(target.groups[group]?.externalKey == key("aad:", 8))
    for id in others + [done, unlinked] { #expect(target.people[id] == before[id]) }
    #expect(state.storedIdentity == identity("aad:"))
    #expect(try await migrate().rewritten == 0)
  }

  @Test("Given a prefix that is not the state's, nothing is rewritten")
  func otherPrefix() async throws {
    try await state.setIdentity(identity("okta:"), forgettingTarget: false)
    let id = put(1, key: key("entra:", 1))
    await #expect(throws: Failure.self) { try await migrate() }
    #expect(target.person(known: id)?.externalKey == key("entra:", 1))
  }
}
