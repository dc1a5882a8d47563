/// A link between an object of the directory and what it is in xMatters, of either kind. The directory's ids are unique over all kinds.
package enum ObjectConnection: Hashable, Sendable {
  case user(Link)
  case group(GroupLink)

  package var objectID: ObjectID {
    switch self {
    case .user(let link): link.objectID
    case .group(let link): link.objectID
    }
  }
}
