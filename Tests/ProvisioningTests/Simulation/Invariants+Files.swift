import ProvisioningModel
import TestSupport

extension Invariants {
  /// What is wrong with people who came of files.
  /// - Parameters:
  ///   - hasLostState: A person that a file has made is known to the state alone until it is claimed.
  ///   - otherHands: People were changed under the files.
  func fileViolations(hasLostState: Bool, otherHands: Bool) -> [String] {
    var found: [String] = []
    for id in simulation.uploads.made {
      guard !hasLostState, let person = simulation.target.person(known: id), person.externalKey == nil else { continue }
      found.append("\(id), made by a file, has no owner")
    }
    if !otherHands { found += simulation.uploads.changed.map { "a file changed \($0)" } }
    return found
  }
}
