// Runs the official Cucumber language service, which editors use, on step code and features.
//
// Reads {"packages": FOLDER, "suites": [{"sources": [PATH], "features": [PATH], "texts": [TEXT]}]} from
// standard input and prints a list with one answer for each suite:
//   {"definitions": [{file, line, expression, texts}], "errors": [TEXT], "parameterTypes": [NAME],
//    "steps": [{feature, line, text, targets: [{file, line}]}]}
// where `targets` are the results of "go to definition" on that line, and `texts` are the given texts that
// match that definition; lines are counted from 1.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const { packages, suites } = JSON.parse(readFileSync(0, 'utf8'))
const require = createRequire(join(packages, 'package.json'))
const { ExpressionBuilder, getStepDefinitionLocationLinks } = require('@cucumber/language-service')
const { WasmParserAdapter } = require('@cucumber/language-service/wasm')

const adapter = new WasmParserAdapter(join(packages, 'node_modules/@cucumber/language-service/dist'))
await adapter.init()
const read = (path) => ({ languageName: 'rust', uri: path, content: readFileSync(path, 'utf8') })
const target = (link) => ({ file: link.targetUri, line: link.targetSelectionRange.start.line + 1 })

const answer = ({ sources, features, texts = [] }) => {
  const built = new ExpressionBuilder(adapter).build(sources.map(read), [])
  const definitions = built.expressionLinks.map(({ expression, locationLink }) => ({
    ...target(locationLink),
    expression: expression.source,
    texts: texts.filter((text) => expression.match(text) !== null),
  }))

  const steps = []
  for (const feature of features) {
    const text = readFileSync(feature, 'utf8')
    text.split(/\r?\n/).forEach((line, index) => {
      const step = /^\s*(?:Given|When|Then|And|But|\*) (.*)$/.exec(line)
      if (!step) return
      const position = { line: index, character: line.indexOf(step[1]) + 1 }
      const links = getStepDefinitionLocationLinks(text, position, built.expressionLinks)
      steps.push({ feature, line: index + 1, text: step[1], targets: links.map(target) })
    })
  }

  return {
    definitions,
    errors: built.errors.map((error) => error.message),
    parameterTypes: built.parameterTypeLinks.map(({ parameterType }) => parameterType.name),
    steps,
  }
}

console.log(JSON.stringify(suites.map(answer)))
