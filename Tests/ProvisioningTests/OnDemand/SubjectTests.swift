import ProvisioningModel
import SynchronizationJob
import TestSupport
import Testing

@Suite("Naming objects for provision on demand")
struct SubjectTests {
  private let directory = ModelDirectory()

  @Test("Given ids and principal names, users and groups are told apart")
  func names() async throws {
    directory.put(.sample(1))
    directory.put(.sample(2))
    directory.put(.sample(3, changing: ["userPrincipalName": .text("ada_home.example#EXT#@example.org")]))
    directory.softDelete(.sample(2))
    directory.setMembers(of: .sample(500), [])
    let names = [
      ObjectID.sample(1).rawValue.uppercased(), ObjectID.sample(2).rawValue, "ada_home.example#EXT#@example.org",
      ObjectID.sample(500).rawValue, ObjectID.sample(9).rawValue,
    ]
    #expect(
      try await directory.subjects(named: names) == [
        JobSubject(.sample(1), .user), JobSubject(.sample(2), .user), JobSubject(.sample(3), .user),
        JobSubject(.sample(500), .group), JobSubject(.sample(9), .user),
      ])
  }

  @Test("Given an unknown principal name, the failure names it")
  func unknown() async throws {
    await #expect { try await directory.subjects(named: ["nobody@example.org"]) } throws: {
      ($0 as? Failure)?.reason.contains("'nobody@example.org'") == true
    }
  }

  @Test(arguments: [
    ("6775dc77-0156-4f61-aafc-d44d14cf8bfe", true), ("6775DC77-0156-4F61-AAFC-D44D14CF8BFE", true), ("", false),
    ("6775dc7701564f61aafcd44d14cf8bfe", false), ("g775dc77-0156-4f61-aafc-d44d14cf8bfe", false), ("a@b", false),
  ])
  func wellFormed(text: String, isID: Bool) {
    #expect(ObjectID.isWellFormed(text) == isID)
  }
}
