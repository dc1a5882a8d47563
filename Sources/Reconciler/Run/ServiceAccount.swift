package import ProvisioningModel
import Synchronization

/// The account that Rollcall signs in to xMatters with: no user of the directory ever gets its person, and nothing of it is changed. xMatters
/// has no call that tells the owner of an API key, so that with one the account is not known.
package final class ServiceAccount: Sendable {
  /// Nil when Rollcall signs in with no person's name.
  private let name: String?
  /// Who had the name when it was looked up, whatever they are called since; nil before.
  private let found = Mutex<Set<PersonID>?>(nil)

  package init(name: String?) {
    self.name = name.flatMap { $0.lowercased().hasPrefix("x-api-key-") ? nil : $0.lowercased() }
  }

  /// To be called before anybody is provisioned; asks once.
  /// - Throws: When xMatters cannot be asked.
  package func lookUp(in target: any Target) async throws(Failure) {
    guard let name, found.withLock({ $0 == nil }) else { return }
    var ids: Set<PersonID> = []
    for attribute in [TargetAttribute.targetName, .webLogin] {
      ids.formUnion(try await target.people(where: attribute, equals: name).map(\.id))
    }
    found.withLock { [ids] in $0 = ids }
  }

  package func isOf(_ id: PersonID) -> Bool { found.withLock { $0?.contains(id) ?? false } }

  package func isOf(_ person: Person) -> Bool {
    if isOf(person.id) { return true }
    guard let name else { return false }
    return [TargetAttribute.targetName, .webLogin].contains { person.attributes[$0]?.text?.lowercased() == name }
  }
}
