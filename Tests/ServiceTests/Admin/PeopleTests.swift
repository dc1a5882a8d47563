import HTTPTypes
import JSON
import ProvisioningModel
import ProvisioningRules
import Reconciler
import TestSupport
import Testing
@testable import Service

@Suite("People over the admin API")
struct PeopleTests {
  private func rig() async throws -> AdminRig {
    let rig = try AdminRig()
    for number in 1...3 {
      rig.state.put(
        Link(objectID: .sample(number), personID: PersonID("person-\(number)"), targetName: "user\(number)@example.org")
      )
      try await rig.record(.sample(number, sourceName: number == 3 ? "Grace Hopper" : "Ada Lovelace"))
    }
    return rig
  }

  @Test(
    "Given part of a name, or an id, the people that have it are found",
    arguments: [
      ("ada", [1, 2]), ("HOPPER", [3]), ("user2@", [2]), ("person-3", [3]), (ObjectID.sample(1).rawValue, [1]),
      ("nobody", []),
    ] as [(String, [Int])])
  func search(_ text: String, _ numbers: [Int]) async throws {
    let rig = try await rig()
    let answer = await rig.call(.get, "/api/v1/people?search=\(text)", token: AdminRig.readToken)
    #expect(try answer.values("objectId") == numbers.map { ObjectID.sample($0).rawValue })
  }

  @Test("Given more than a page, the next link leads on; a search for nothing is refused")
  func pages() async throws {
    let rig = try await rig()
    let first = await rig.call(.get, "/api/v1/people?search=example&top=2")
    #expect(try first.values("displayName") == ["Ada Lovelace", "Ada Lovelace"])
    #expect(try await rig.call(.get, try #require(first.nextLink)).values("displayName") == ["Grace Hopper"])
    #expect(await rig.call(.get, "/api/v1/people").status == .badRequest)
    #expect(await rig.call(.get, "/api/v1/people?search=").status == .badRequest)
  }

  @Test("Given a person, the page has scope, connection, escrow, removal and the last entries")
  func page() async throws {
    let rig = try await rig()
    let id = ObjectID.sample(1)
    rig.job.standings = [
      id: Standing(
        scope: .assigned, entitlement: .assigned([]),
        grounds: [Ground(principal: .sample(9), principalKind: .group, role: "Standard User")])
    ]
    rig.job.hold([HeldRemoval(objectID: id, kind: .user, action: .disable, since: FixedClock.start)])
    let page = try await rig.call(.get, "/api/v1/people/\(id)").json
    #expect(page["displayName"]?.string == "Ada Lovelace" && page["personId"]?.string == "person-1")
    #expect(page["scope"]?["grounds"]?[0]?["principalId"]?.string == ObjectID.sample(9).rawValue)
    #expect(page["connection"]?["proof"]?.string == "proven")
    #expect(page["removal"]?["state"]?.string == "held")
    #expect(page["log"]?.count == 1 && page["comparison"] == nil)
  }

  @Test("Given an id that nothing is known of, there is no page; with compare the directory is asked, too")
  func unknown() async throws {
    let rig = try await rig()
    let id = ObjectID.sample(8)
    #expect(await rig.call(.get, "/api/v1/people/\(id)").status == .notFound)
    #expect(await rig.call(.get, "/api/v1/people/\(id)?compare=true").status == .notFound)
    rig.job.comparisons = [
      id: [AttributeComparison(attribute: "firstName", directory: "Ada", xMatters: nil, differs: true)]
    ]
    let page = try await rig.call(.get, "/api/v1/people/\(id)?compare=true").json
    #expect(page["comparison"]?[0]?["directory"]?.string == "Ada")
    #expect(page["comparison"]?[0]?["xmatters"]?.isNull == true && page["comparison"]?[0]?["differs"]?.boolean == true)
    #expect(await rig.call(.get, "/api/v1/people/\(id)?compare=maybe").status == .badRequest)
  }

  @Test("Given the configuration, each value says where it comes from, and secrets are masked")
  func configuration() async throws {
    let rig = try AdminRig()
    let values = try await rig.call(.get, "/api/v1/configuration").json["value"].map { Array($0.elements) } ?? []
    func origin(_ key: String) -> String? { values.first { $0["key"]?.string == key }?["origin"]?.string }
    #expect(origin("xmatters.url") == "file" && origin("queue.workers") == "default")
  }

  @Test("Given a day of entries, they are counted by hour and action; freshness has its quantiles")
  func statistics() async throws {
    let rig = try AdminRig()
    try await rig.record(.sample(1, action: .create))
    try await rig.record(.sample(2, action: .create, status: .failure))
    for seconds in 1...100 { rig.job.freshness.note(.seconds(seconds)) }
    let json = try await rig.call(.get, "/api/v1/statistics").json
    #expect(json["freshness"]?["p50Seconds"]?.double == 50 && json["freshness"]?["p95Seconds"]?.double == 95)
    let last = json["actionsPerHour"]?[23]
    #expect(json["actionsPerHour"]?.count == 24)
    #expect(last?["create"]?.integer == 1 && last?["failure"]?.integer == 1)
  }

  @Test("The functions of the language are listed with their signatures")
  func functions() async throws {
    let answer = await (try AdminRig()).call(.get, "/api/v1/expressions/functions", token: AdminRig.readToken)
    #expect(try answer.values("name").contains("Join") && answer.text.contains("Left("))
  }
}
