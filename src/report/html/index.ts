export { createHtmlReporter, type HtmlReportOptions } from './reporter.js';
