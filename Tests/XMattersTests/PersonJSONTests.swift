import JSON
import ProvisioningModel
import Testing
@testable import XMatters

/// What has no value is left out by xMatters; what was asked for, such as roles, has one.
@Suite("People as xMatters gives them")
struct PersonJSONTests {
  private static let whole: [String: String] = [
    "id": #""p""#, "targetName": #""ada""#, "roles": #"{"data": [{"id": "r", "name": "Standard User"}]}"#,
    "supervisors": #"{"data": []}"#,
  ]

  private static func person(_ changes: [String: String?] = [:], isEmbedding: Bool = true) throws -> Person {
    var members = whole
    for (name, value) in changes { members[name] = value }
    let text = members.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ")
    return try Person(try JSON(parsing: Array("{\(text)}".utf8)), isEmbedding: isEmbedding)
  }

  @Test("Given what has to be there, the rest has no value")
  func whole() throws {
    let person = try Self.person()
    #expect(
      person.attributes == [
        .targetName: .text("ada"), .roles: .list(["Standard User"]), .supervisors: .list([]),
      ])
    #expect(person.externalKey == nil && person.devices.isEmpty)
    #expect(try Self.person(["roles": #"["Standard User"]"#]).attributes[.roles] == .list(["Standard User"]))
  }

  @Test(
    "Given roles or supervisors that are missing or cannot be read, nothing is concluded of the person",
    arguments: [
      ["roles": nil], ["supervisors": nil], ["roles": "null"], ["roles": #"{"data": [{"id": "r"}]}"#],
      ["supervisors": #"{"data": [{"targetName": "boss"}]}"#], ["roles": #"{"count": 0}"#],
      ["devices": #"{"data": [{"name": "Work Email"}]}"#], ["devices": #"{"data": [{"id": "d"}]}"#],
      ["id": nil], ["targetName": nil],
    ] as [[String: String?]])
  func unreadable(changes: [String: String?]) {
    let failure = #expect(throws: Failure.self) { try Self.person(changes) }
    #expect(failure?.code == .incompatibleAnswer)
  }

  @Test("Given the answer to a create, for which nothing more was asked, roles may be missing")
  func created() throws {
    #expect(try Self.person(["roles": nil, "supervisors": nil], isEmbedding: false).attributes[.roles] == nil)
  }
}
