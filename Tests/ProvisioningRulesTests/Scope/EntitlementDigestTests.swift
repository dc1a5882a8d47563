import ProvisioningModel
import ProvisioningRules
import TestSupport
import Testing

@Suite("Users whose assignments have changed")
struct EntitlementDigestTests {
  private static let roles = Application.sample.roles

  private func book(_ assignments: [(user: Int, role: Int)], _ application: Application = .sample) -> AssignmentBook {
    var book = AssignmentBook(includesDefaultAccess: false)
    _ = book.update(
      application: application,
      assignments: assignments.map {
        Assignment(
          principal: .sample($0.user), principalKind: .user,
          role: $0.role == 0 ? AppRole.defaultAccess : .sample($0.role))
      }, members: [:], read: .init(number: 1, began: .zero, distance: .zero))
    return book
  }

  private func digests(_ book: AssignmentBook, _ users: Int...) -> [ObjectID: UInt64] {
    users.reduce(into: [:]) { $0[.sample($1)] = book.entitlement(of: .sample($1)).digest }
  }

  @Test("Given digests of the same assignments, of no user; the order of the rows does not count")
  func equal() {
    let before = book([(1, 901), (1, 902), (2, 0), (3, 903)])
    let after = book([(3, 903), (1, 902), (2, 0), (1, 901)])
    #expect(after.users(differingFrom: digests(before, 1, 2, 3, 4)).isEmpty)
  }

  @Test("Of who was assigned, unassigned, given another role, or had Default Access only")
  func different() {
    let before = digests(book([(1, 901), (2, 901), (3, 901), (4, 0), (6, 902)]), 1, 2, 3, 4, 6)
    let after = book([(2, 901), (3, 902), (4, 901), (5, 901), (6, 902), (6, 903)])
    #expect(after.users(differingFrom: before) == [.sample(1), .sample(3), .sample(4), .sample(5), .sample(6)])
  }

  @Test("Of everybody in a role that has another name now, as mappings go by names")
  func renamedRole() {
    var application = Application.sample
    application.roles[0].displayName = "Owners"
    let before = digests(book([(1, 901), (2, 902)]), 1, 2)
    #expect(book([(1, 901), (2, 902)], application).users(differingFrom: before) == [.sample(1)])
  }

  @Test("Of everybody whose digest was forgotten, also when not assigned any more")
  func forgotten() {
    #expect(
      book([(1, 901)]).users(differingFrom: [.sample(1): 0, .sample(2): 0]) == [.sample(1), .sample(2)])
  }
}
